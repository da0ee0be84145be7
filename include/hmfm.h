/** @file
 * hmfm: Bayesian clustering of grouped data with the Hierarchical Mixture of Finite Mixtures.
 *
 * This is the one header a user includes. Each part below is a room of the library, in the order
 * in which data passes through them: read a dataset, choose a model, run an ensemble of chains,
 * keep the draws, summarise them. */
#ifndef HMFM_H
#define HMFM_H

#include "hmfm/base.h"
#include "hmfm/data.h"
#include "hmfm/model.h"
#include "hmfm/draws.h"
#include "hmfm/chain.h"
#include "hmfm/simulate.h"
#include "hmfm/summary.h"

#endif
