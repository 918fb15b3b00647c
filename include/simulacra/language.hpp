#pragma once

/// Language models: vocabulary and corpus, n-gram models with their smoothings as mergeable counts, decoders (top-k, top-p,
/// best of k, beam search, prompts), a small neural model,
/// perplexities and other metrics of text, ARPA files, Markov sources and projections.
#include <simulacra/families/language/any_decoder.hpp>
#include <simulacra/families/language/arpa.hpp>
#include <simulacra/families/language/beam.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/counts.hpp>
#include <simulacra/families/language/decoders.hpp>
#include <simulacra/families/language/estimator.hpp>
#include <simulacra/families/language/language_probe.hpp>
#include <simulacra/families/language/markov_source.hpp>
#include <simulacra/families/language/neural_estimator.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/families/language/ngram_smoothing.hpp>
#include <simulacra/families/language/nucleus.hpp>
#include <simulacra/families/language/perplexity.hpp>
#include <simulacra/families/language/ranking.hpp>
#include <simulacra/families/language/risk.hpp>
#include <simulacra/families/language/text.hpp>
#include <simulacra/families/language/text_metrics.hpp>
#include <simulacra/families/language/token_editing.hpp>
#include <simulacra/families/language/vocabulary.hpp>
#include <simulacra/laws/data_law.hpp>
