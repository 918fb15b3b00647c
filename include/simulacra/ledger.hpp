#pragma once

/// The error ledger: the four corners of a fit, accounts across generations, functionals, risks, and knock-outs; with the Hilbert spaces
/// that it works in.
#include <simulacra/hilbert.hpp>
#include <simulacra/ledger/account_book.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/distance_ledger.hpp>
#include <simulacra/ledger/functional_ledger.hpp>
#include <simulacra/ledger/functionals.hpp>
#include <simulacra/ledger/knock_out.hpp>
#include <simulacra/ledger/ledger.hpp>
#include <simulacra/ledger/ledger_row.hpp>
#include <simulacra/ledger/origin_row.hpp>
#include <simulacra/ledger/population_chain.hpp>
#include <simulacra/ledger/population_ledger.hpp>
#include <simulacra/ledger/risk.hpp>
#include <simulacra/ledger/risk_ledger.hpp>
#include <simulacra/ledger/share.hpp>
#include <simulacra/ledger/term.hpp>
