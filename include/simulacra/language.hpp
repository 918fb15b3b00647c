#pragma once

/// Language models: vocabulary and corpus, n-gram models with their smoothings as mergeable counts, perplexities, ARPA
/// files.
#include <simulacra/families/language/arpa.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/counts.hpp>
#include <simulacra/families/language/estimator.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/families/language/perplexity.hpp>
#include <simulacra/families/language/smoothing.hpp>
#include <simulacra/families/language/text.hpp>
#include <simulacra/families/language/text_source.hpp>
#include <simulacra/families/language/vocabulary.hpp>
