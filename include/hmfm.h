/** @mainpage Bayesian clustering of grouped data with the Hierarchical Mixture of Finite Mixtures
 *
 * hmfm.h is the one header a user includes. Each part below is a room of the library, in the order
 * in which data passes through them: read a dataset, choose a model, run an ensemble of chains, keep
 * the draws, summarise them.
 *
 * - hmfm/base.h: statuses, errors and notes; what all functions have in common is said at hmfm_status
 * - hmfm/data.h: datasets
 * - hmfm/model.h: settings and models
 * - hmfm/draws.h: what is saved, in memory
 * - hmfm/chain.h: runs, ensembles of chains and sinks
 * - hmfm/simulate.h: data with known truth
 * - hmfm/summary.h: diagnostics
 * - hmfm/partitions.h: draws of partitions, and the one that stands for them
 * - hmfm/clusters.h: what the clusters of a point partition are
 * - hmfm/density.h: densities and predictions
 * - hmfm/loo.h: predictive scores of fits, and comparisons of them
 * - hmfm/score.h: estimates against a known truth
 * - hmfm/prior.h: how many clusters a prior expects
 *
 * Small programs that use it are in the folder examples. */
#ifndef HMFM_H
#define HMFM_H

#include "hmfm/base.h"
#include "hmfm/data.h"
#include "hmfm/model.h"
#include "hmfm/draws.h"
#include "hmfm/chain.h"
#include "hmfm/simulate.h"
#include "hmfm/summary.h"
#include "hmfm/partitions.h"
#include "hmfm/clusters.h"
#include "hmfm/density.h"
#include "hmfm/loo.h"
#include "hmfm/score.h"
#include "hmfm/prior.h"

#endif
