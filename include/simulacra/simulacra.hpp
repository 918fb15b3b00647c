#pragma once

/// What most programs need: the recursion, ensembles, files, and the families that are cheap to include. What costs a program a second or
/// more to compile is asked for by name: `<simulacra/ledger.hpp>` (the error ledger, with the Hilbert spaces it works in),
/// `<simulacra/hilbert.hpp>` (those alone), `<simulacra/metrics.hpp>`, the families `<simulacra/mixture.hpp>`, `<simulacra/kernel.hpp>`,
/// `<simulacra/rkhs.hpp>`, `<simulacra/language.hpp>`, `<simulacra/latent.hpp>`, `<simulacra/linear.hpp>` (regressions),
/// `<simulacra/study.hpp>` (grids of conditions), and `<simulacra/theory.hpp>` (the closed forms, which alone need Boost.Math).
#include <simulacra/categorical.hpp>
#include <simulacra/ensemble.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/io.hpp>
#include <simulacra/one_parameter.hpp>
#include <simulacra/random.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/testing.hpp>
#include <simulacra/version.hpp>
