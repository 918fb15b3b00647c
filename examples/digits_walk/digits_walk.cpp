// Digits that are drawn by a model of drawn digits: the variational autoencoder of Shumailov et al. (2024), "AI models collapse when
// trained on recursively generated data", with nothing and with a tenth of the real digits kept; beside it a linear model that is
// fitted exactly.
//
// Builds on: recipes. New here: data from files (--data), a model whose training is a search, and a decoder: `by_means` samples an
// autoencoder by its decoder's means, as the paper's figures do. What that leaves out, the noise of every pixel, is lost to the next
// generation, and so is all that the latent variables could not say; within a few generations every draw is the mean digit.
//
// What is measured, on fresh draws of each generation's model, or on real digits that no model has seen (test):
//   spread           how far apart the encoder of generation 1 sees the draws, over how far apart it sees real digits
//   pixel_variance   mean variance of a pixel, over that of real digits
//   surprise         -ELBO of test digits in nats (of the linear model: minus their log density)
//   importance       the importance-weighted log-likelihood of test digits, 20 draws each (of the linear model: their log density)
//   accuracy         of a softmax regression that is trained on the draws and tested on test digits. A draw's label is what the same
//                    classifier, trained on real digits, says of it.

#include <cstdio>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/latent.hpp>
#include <simulacra/recursion.hpp>

#include "common/session.hpp"
#include "digits_walk/picture.hpp"
#include "digits_walk/study.hpp"
#include "digits_walk/verdict.hpp"

namespace {

/// Looks at each generation, and remembers the first one's encoder.
template <class Model, class Decoder>
class look {
 public:
  look(const study& of, Decoder decoder, std::vector<images>* album)
      : of_(&of), decoder_(std::move(decoder)), album_(album) {}

  [[nodiscard]] std::vector<std::string> names() const {
    return {"spread", "pixel_variance", "surprise", "importance", "accuracy"};
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    sim::stream rng = g.root.at(static_cast<std::uint64_t>(g.number), sim::purpose::metric);
    const auto& test = of_->data.test;
    if (!first_) {
      first_ = g.model;
      spread_ = sim::encoded_spread(*first_, of_->data.train.x);
    }
    const images y = decoder_(g.model).sample(of_->draws, rng);
    out[0] = sim::encoded_spread(*first_, y) / spread_;
    out[1] = sim::mean_variance(y) / of_->variance;
    out[2] = surprise(g.model, test.x, rng);
    out[3] = importance(g.model, test.x, rng);
    out[4] = digits::classifier(y, of_->teacher(y)).accuracy(test);
    if (album_ != nullptr && g.root.where().replicate == 0) album_->push_back(y.leftCols(std::min<Index>(y.cols(), 16)));
  }

 private:
  const study* of_;
  Decoder decoder_;
  std::vector<images>* album_;  ///< where the first replicate's draws are kept
  std::optional<Model> first_;
  double spread_ = 1;
};

/// One model under one recipe, many times over.
template <class Estimator, class Decoder>
void walk(example::session& run, const study& of, const std::string& name, double kept, const Estimator& fit,
          const Decoder& decoder, Index generations, Index replicates, std::vector<images>* album, sim::table& out) {
  using model = sim::model_for<Estimator, images>;
  const sim::experiment what{sim::data_law(of.data.train.x), fit, sim::preserve(kept), decoder};
  const auto records = sim::run_ensemble(what, {.generations = generations, .samples = of.draws},
                                         run.replication(replicates, name + ", " + sim::argument::text(kept) + " kept"),
                                         run.threads(), look<model, Decoder>(of, decoder, album));
  run.add(
      out, records, {name, sim::argument::text(kept), sim::argument::text(of.draws)},
      [](std::string_view, Index) { return std::numeric_limits<double>::quiet_NaN(); },
      [](const sim::table_row&) { return false; });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"digits_walk",
       "autoencoders trained on the digits of autoencoders, with nothing and with a tenth of the real ones kept",
       {{"data", "DIR", "a folder with digits8x8.csv, or MNIST's IDX files, unpacked (default: digits are drawn)"},
        {"set", "NAME", "digits, mnist, drawn: which to look for (default: digits)"},
        {"samples", "M", "images per generation (default: 1500, or all that there are)"},
        {"generations", "T", "refits (default: 9)"},
        {"replicates", "R", "runs behind each mean (default: 3)"},
        {"kept", "F", "share of real digits kept, beside 0 (default: 0.1)"},
        {"epochs", "E", "passes over the data in each training (default: 300)"},
        {"latent", "Q", "latent dimensions (default: 10)"},
        {"hidden", "H", "units of the hidden layer (default: 128)"},
        {"beta", "B", "weight of the KL term (default: 1)"},
        {"decoder", "NAME", "means, draws: how the autoencoder is sampled (default: means)"}}},
      [](example::session& run) {
        const std::string set = run.given.choice("set", "digits", {"digits", "mnist", "drawn"});
        const digits::data_set data =
            digits::load(run.given.text("data", ""), set, sim::stream(sim::stream_key{run.seed(), 1}));
        std::printf("digits_walk: data: %s\n", data.name.c_str());
        const Index samples = std::min(run.number("samples", 1500, 300), data.train.x.cols());
        const Index generations = run.number("generations", 9, 4), replicates = run.number("replicates", 3, 1);
        const double kept = run.given.real("kept", 0.1);
        if (!(kept > 0 && kept <= 1)) throw example::usage_error("--kept must be in (0, 1]");
        const bool means = run.given.choice("decoder", "means", {"means", "draws"}) == "means";
        const sim::vae_estimator<real> autoencoder({.latent = run.given.integer("latent", 10),
                                                    .hidden = {run.given.integer("hidden", 128)},
                                                    .beta = run.given.real("beta", 1),
                                                    .epochs = run.number("epochs", 300, 30)});
        const sim::ppca_estimator<real> linear(sim::divisor::n, {.latent = run.given.integer("latent", 10)});
        run.record()
            .set("data", data.name)
            .set("samples", samples)
            .set("generations", generations)
            .set("epochs", autoencoder.options().epochs);

        const study of(data, samples);
        sim::table out({"model", "kept", "samples"});
        std::vector<std::vector<images>> albums(2);
        const std::vector<std::string> shares{"0", sim::argument::text(kept)};
        for (std::size_t k = 0; k < 2 && !run.stopped(); ++k) {
          const double share = k == 0 ? 0 : kept;
          if (means)
            walk(run, of, "vae", share, autoencoder, sim::by_means{}, generations, replicates, &albums[k], out);
          else
            walk(run, of, "vae", share, autoencoder, sim::as_is{}, generations, replicates, &albums[k], out);
          walk(run, of, "ppca", share, linear, sim::as_is{}, generations, replicates, nullptr, out);
        }
        run.save(out, picture(out, of, albums, shares), 1400, 950);
        const bool as_expected = tell(out, of, generations);
        if (data.name == "digits8x8.csv" && means && !run.quick() && kept == 0.1 && run.given.real("beta", 1) == 1 &&
            autoencoder.options().epochs >= 100 && generations >= 6 && !as_expected)
          throw std::runtime_error("the spread did not do what it does in the paper");
      });
}
