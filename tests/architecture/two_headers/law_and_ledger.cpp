// A part of a program that knows a law and the ledger, and none of the headers that are named after embeddings or risks.
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/hilbert/grid_features.hpp>
#include <simulacra/ledger/ledger.hpp>
#include <simulacra/ledger/risk.hpp>

#include "measures.hpp"

const char* first_part() { return measures(); }
