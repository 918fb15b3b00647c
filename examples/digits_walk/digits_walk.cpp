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

#include <cmath>
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
#include "digits_walk/classifier.hpp"
#include "digits_walk/digits.hpp"

namespace sim = simulacra;
using digits::images;
using sim::Index;

namespace {

using digits::real;

/// What is known before any model is there.
struct study {
  const digits::data_set& data;
  digits::classifier teacher;
  double variance;
  Index draws;

  explicit study(const digits::data_set& set, Index per_generation)
      : data(set), teacher(set.train.x, set.train.label), variance(sim::mean_variance(set.train.x)), draws(per_generation) {}
};

double surprise(const sim::vae<real>& model, const images& x, sim::stream& rng) { return model.negative_elbo(x, rng); }
double importance(const sim::vae<real>& model, const images& x, sim::stream& rng) {
  return model.importance_log_likelihood(x, 20, rng);
}
double importance(const sim::ppca<real>& model, const images& x, sim::stream&) {
  double sum = 0;
  for (Index i = 0; i < x.cols(); ++i) sum += model.log_density(x.col(i));
  return sum / static_cast<double>(x.cols());
}
double surprise(const sim::ppca<real>& model, const images& x, sim::stream& rng) { return -importance(model, x, rng); }

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

/// Rows of images as one matrix of pixels, a row of images for each generation, the real ones on top.
std::vector<std::vector<double>> sheet(const images& real_ones, const std::vector<images>& album, Index side, Index across) {
  const Index cell = side + 1, rows = static_cast<Index>(album.size()) + 1;
  std::vector<std::vector<double>> pixels(static_cast<std::size_t>(rows * cell),
                                          std::vector<double>(static_cast<std::size_t>(across * cell), 0.0));
  for (Index row = 0; row < rows; ++row) {
    const images& x = row == 0 ? real_ones : album[static_cast<std::size_t>(row - 1)];
    for (Index i = 0; i < std::min(across, x.cols()); ++i)
      for (Index k = 0; k < side * side; ++k)
        pixels[static_cast<std::size_t>(row * cell + k / side)][static_cast<std::size_t>(i * cell + k % side)] =
            static_cast<double>(x(k, i));
  }
  return pixels;
}

/// "0.1" -> "10 %"
std::string percent(const std::string& share) {
  return sim::argument::text(std::round(1000 * std::stod(share)) / 10) + " %";
}

double mean_of(const sim::table& out, const std::string& model, const std::string& kept, const std::string& metric,
               Index generation) {
  for (const sim::table_row& row : out.rows())
    if (row.conditions[0] == model && row.conditions[1] == kept && row.metric == metric && row.generation == generation)
      return row.values.mean;
  return std::numeric_limits<double>::quiet_NaN();
}

/// Says what became of the spread, and whether it is as the paper has it.
bool tell(const sim::table& out, const study& of, Index generations) {
  bool falls = true;
  Index lost = 0;
  double before = 1;
  for (Index t = 1; t <= generations; ++t) {
    const double now = mean_of(out, "vae", "0", "spread", t);
    falls = falls && now < before;
    if (lost == 0 && now <= 0.1) lost = t;
    before = now;
  }
  std::printf(
      "digits_walk: %lld real images to train on, %lld to test with; classifier trained on real ones: %.1f %% right\n",
      static_cast<long long>(of.data.train.x.cols()), static_cast<long long>(of.data.test.x.cols()),
      100 * of.teacher.accuracy(of.data.test));
  std::printf("digits_walk: nothing kept: the spread %s in every generation\n", falls ? "falls" : "does not fall");
  if (lost == 0) return false;
  const double nothing = mean_of(out, "vae", "0", "spread", lost), tenth = mean_of(out, "vae", "0.1", "spread", lost);
  std::printf("digits_walk: at generation %lld nothing kept has %.3f of it left, 10 %% kept %.3f: %.1f times as much\n",
              static_cast<long long>(lost), nothing, tenth, tenth / nothing);
  std::printf("digits_walk: accuracy then %.1f %% and %.1f %%\n", 100 * mean_of(out, "vae", "0", "accuracy", lost),
              100 * mean_of(out, "vae", "0.1", "accuracy", lost));
  return falls && tenth >= 3 * nothing;
}

example::figure picture(const sim::table& out, const study& of, const std::vector<std::vector<images>>& albums,
                        const std::vector<std::string>& kept) {
  example::figure f(out);
  const Index across = of.data.side > 8 ? 12 : 14;
  f << "set multiplot\nset palette gray negative\nunset colorbox\n";
  for (std::size_t k = 0; k < albums.size(); ++k) {
    const std::string block =
        f.numbers("draws, " + kept[k] + " kept", sheet(of.data.train.x, albums[k], of.data.side, across));
    const std::string left = sim::argument::text(0.03 + 0.5 * static_cast<double>(k)),
                      right = sim::argument::text(0.49 + 0.5 * static_cast<double>(k));
    f << "set lmargin at screen " + left + "\nset rmargin at screen " + right +
             "\nset tmargin at screen 0.955\nset bmargin at screen 0.40\n"
      << "unset border\nunset tics\nunset grid\nunset key\nset xrange [-0.5:" +
             std::to_string(across * (of.data.side + 1) - 1) + ".5]\nset yrange [" +
             std::to_string((static_cast<Index>(albums[k].size()) + 1) * (of.data.side + 1) - 1) + ".5:-0.5]\n"
      << "set title \"real digits, then generations 1 to " + std::to_string(albums[k].size()) + ": " +
             (kept[k] == "0" ? std::string("nothing kept") : percent(kept[k]) + " real digits kept") + "\"\n"
      << "plot " + block + " matrix with image\n";
  }
  f << "set border 3\nset tics nomirror\nset grid\nset autoscale\nset xlabel 'generation' offset 0,0.5\n";
  const auto panel = [&](int column, const std::string& metric, const std::string& title, bool logarithmic, bool linear) {
    f << "set lmargin at screen " + sim::argument::text(0.045 + 0.325 * column) + "\nset rmargin at screen " +
             sim::argument::text(0.33 + 0.325 * column) + "\nset tmargin at screen 0.32\nset bmargin at screen 0.12\n"
      << (logarithmic ? example::log_axis("y") : example::linear_axis("y")) << "set title \"" + title + "\"\n";
    example::plot_list list;
    int colour = 0;
    for (const std::string model : {"vae", "ppca"}) {
      if (model == "ppca" && !linear) continue;
      for (const std::string& k : kept) {
        ++colour;
        list.band_and_mean(f.over_generations({model, k, sim::argument::text(of.draws)}, metric), colour,
                           (model == "vae" ? "autoencoder, " : "linear, ") +
                               (k == "0" ? std::string("nothing kept") : percent(k) + " kept"));
      }
    }
    f << list.text();
  };
  f << example::legend_below() << "set yrange [1e-6:*]\n";
  panel(0, "spread", "spread of generation 1's codes, over that of real digits", true, true);
  f << "unset key\nset autoscale y\n";
  panel(1, "surprise", "surprise at unseen real digits: -ELBO, nats", false, false);
  f << "set yrange [0:1]\n";
  panel(2, "accuracy", "classifier trained on the draws: right on real digits", false, true);
  return f;
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
