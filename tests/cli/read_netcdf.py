# Reads a file of draws with xarray and compares it with what `hmfm convert` says of the same file:
# read_netcdf.py FIT.nc SCALARS.csv ALLOCATIONS.csv COMPONENTS.csv SEED
import csv
import json
import sys

import netCDF4
import numpy as np
import xarray as xr

fit, scalars_csv, allocations_csv, components_csv, seed = sys.argv[1:]


def table(path):
    with open(path, newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    return rows[0], np.array(rows[1:], dtype=float)


def column(name, names, values):
    return values[:, names.index(name)]


def same(what, left, right):
    assert left.shape == right.shape, (what, left.shape, right.shape)
    assert np.array_equal(left, right, equal_nan=True), what


group = {}
with netCDF4.Dataset(fit) as file:
    names_of_groups = list(file.groups)
for name in names_of_groups:
    with xr.open_dataset(fit, group=name) as opened:
        group[name] = opened.load()
    for dim in group[name].dims:
        assert dim in group[name].coords, f"{name}: dimension {dim} has no coordinates"
    assert group[name].attrs["inference_library"] == "hmfm"
    assert "created_at" in group[name].attrs and "inference_library_version" in group[name].attrs
    for variable in group[name].variables.values():
        assert "long_name" in variable.attrs, (name, variable.dims)
expected = ["posterior", "sample_stats", "log_likelihood", "observed_data", "constant_data", "components"]
assert sorted(group) == sorted(expected), sorted(group)

root = xr.open_dataset(fit).attrs
assert root["hmfm_layout"] == 1 and root["seed"] == seed, root
json.loads(root["configuration"])

# Scalars: every column of the CSV is a value of the file, and the other way round.
names, values = table(scalars_csv)
posterior = group["posterior"]
chains, draws = posterior.sizes["chain"], posterior.sizes["draw"]
seen = {"chain", "draw"}
same("chain", column("chain", names, values), np.repeat(np.arange(chains), draws))
same("draw", column("draw", names, values), np.tile(np.arange(draws), chains))
for source in (posterior, group["sample_stats"]):
    for name, variable in source.data_vars.items():
        if name == "allocation":
            continue
        assert variable.dims[:2] == ("chain", "draw"), (name, variable.dims)
        axes = [[str(x) for x in source[dim].values] for dim in variable.dims[2:]]
        labels = [name] if not axes else [f"{name}[{a}]" for a in axes[0]]
        if len(axes) == 2:
            labels = [f"{name}[{a},{b}]" for a in axes[0] for b in axes[1]]
        flat = variable.values.reshape(chains * draws, len(labels))
        for k, label in enumerate(labels):
            same(label, column(label, names, values), flat[:, k].astype(float))
            seen.add(label)
assert seen == set(names), seen.symmetric_difference(names)
assert posterior["K"].dtype == np.int32 and posterior["gamma"].dtype == np.float64

# Allocations: unsigned, a column per unit, and as many labels in a draw as K says.
names, values = table(allocations_csv)
allocation = posterior["allocation"]
assert allocation.dims == ("chain", "draw", "unit") and allocation.dtype == np.uint8, allocation.dtype
assert [str(x) for x in posterior["unit"].values] == names[2:]
labels = allocation.values.reshape(chains * draws, -1)
same("allocation", labels.astype(float), values[:, 2:])
same("K", posterior["K"].values.ravel(), np.array([len(set(row)) for row in labels]))

# Components: as many rows in a draw as M says, with weights that sum to 1.
names, values = table(components_csv)
components = group["components"]
row_size = components["row_size"]
assert row_size.attrs["sample_dimension"] == "row"
same("M", row_size.values, posterior["M"].values)
for name, of_row in (("chain", "chain_of_row"), ("draw", "draw_of_row"), ("component", "component_of_row")):
    same(of_row, components[of_row].values.astype(float), column(name, names, values))
for name in ("mu", "sigma2"):
    same(name, components[name].values, column(name, names, values))
weight = components["weight"]
for k, name in enumerate(weight["group"].values):
    same(f"weight[{name}]", weight.values[:, k], column(f"weight[{name}]", names, values))
first = np.concatenate([[0], np.cumsum(row_size.values.ravel())[:-1]])
assert np.allclose(np.add.reduceat(weight.values, first, axis=0), 1), "weights do not sum to 1"

# Data: units belong to their groups, rows to their units.
constant, observed = group["constant_data"], group["observed_data"]
of_unit = [f"{constant['group'].values[j]}/{name}"
           for j, name in zip(constant["unit_group"].values, constant["unit_name"].values)]
assert of_unit == [str(x) for x in constant["unit"].values]
same("unit_of_row", observed["unit_of_row"].values,
     np.repeat(np.arange(len(of_unit)), constant["unit_size"].values))
assert constant["x"].shape == (observed.sizes["row"], posterior.sizes["covariate"])
log_likelihood = group["log_likelihood"]["y"]
assert log_likelihood.dims == ("chain", "draw", "unit") and log_likelihood.dtype == np.float32
assert np.isfinite(log_likelihood.values).all() and np.isfinite(observed["y"].values).all()
print(f"xarray: {chains} chains, {draws} draws, {len(of_unit)} units agree")
