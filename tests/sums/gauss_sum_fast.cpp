#include "sums/support.hpp"

using namespace simulacra_test::kernel;
using simulacra::detail::gauss::box;
using simulacra::detail::gauss::cell_tree;
using simulacra::detail::gauss::expansion;
using simulacra::detail::gauss::expansion_error;
using simulacra::detail::gauss::fast_sum;
using simulacra::detail::gauss::numbered;
using simulacra::detail::gauss::piece;
using simulacra::detail::gauss::pieces;
using simulacra::detail::gauss::place;
using simulacra::detail::gauss::weighted_box;
using simulacra::detail::gauss::work_done;

namespace {

constexpr double errors[] = {1e-2, 1e-4, 1e-7, 1e-10, 1e-12};

template <int D>
void keeps_its_word() {
  for (const sum_task<D>& task : hard_tasks<D>()) {
    INFO(task.name);
    Eigen::VectorXd g(task.y.cols());
    for (const double error : errors) {
      INFO("relative error ", error);
      const gauss_sum<double, D> sum(task.x, task.w, {.how = evaluation::method::fast, .relative_error = error});
      CHECK(sum.chosen() == evaluation::method::fast);
      CHECK(sum.error_bound() <= error);
      sum.values_into(task.y, g);
      CHECK(task.worst(g, sum.error_bound()) <= 1);
      sum.log_values_into(task.y, g);
      CHECK(task.worst_log(g, sum.error_bound()) <= 1);
    }
  }
}

template <int D>
std::vector<numbered<D>> listed(const samples<double, D>& x) {
  std::vector<numbered<D>> points;
  for (Index k = 0; k < x.cols(); ++k) {
    numbered<D> p{{}, k};
    for (int i = 0; i < D; ++i) p.x[static_cast<std::size_t>(i)] = x(i, k);
    points.push_back(p);
  }
  return points;
}

template <int D>
work_done work(const samples<double, D>& x, const samples<double, D>& y, double error) {
  work_done done;
  fast_sum<D>(listed<D>(x), {}, error)
      .evaluate(
          listed<D>(y), [](Index, double, double) {}, &done);
  return done;
}

/// How much work there is for a point.
template <int D>
double share(Index n, double spread, double error) {
  stream rng(5);
  const samples<double, D> x = cloud<D>(n, spread, rng), y = cloud<D>(n, spread, rng);
  const work_done done = work<D>(x, y, error);
  return static_cast<double>(done.pairs + done.expanded) / static_cast<double>(2 * n);
}

}  // namespace

TEST_CASE("gauss_sum: the fast method keeps its error on every kind of data in 1-D") { keeps_its_word<1>(); }
TEST_CASE("gauss_sum: the fast method keeps its error on every kind of data in 2-D") { keeps_its_word<2>(); }
TEST_CASE("gauss_sum: the fast method keeps its error on every kind of data in 3-D") { keeps_its_word<3>(); }

TEST_CASE("gauss_sum: the measure of errors notices a method that was asked for less") {
  for (const sum_task<1>& task : hard_tasks<1>()) {
    if (task.name != "a cloud") continue;
    Eigen::VectorXd g(task.y.cols());
    const gauss_sum<double, 1> sum(task.x, {}, {.how = evaluation::method::fast, .relative_error = 1e-2});
    sum.values_into(task.y, g);
    CHECK(task.worst(g, 1e-7) > 100);
    sum.log_values_into(task.y, g);
    CHECK(task.worst_log(g, 1e-7) > 100);
  }
}

TEST_CASE("gauss_sum: an expansion has the error of its bound at the corners of its cells, and one term less has not") {
  constexpr double side = 1.5;
  const double a = side / 2;
  for (const Index terms : {Index{4}, Index{7}, Index{11}})
    for (const double apart : {0.0, 3.0, -20.0}) {
      CAPTURE(terms);
      CAPTURE(apart);
      double worst = 0;
      for (const double u : {-a, a, 0.3})
        for (const double v : {-a, a, -0.1}) {
          pieces sources(1), queries(1);
          sources.add(
              1, [&](Index, Index) { return u; }, [](Index) { return 1.5; });
          queries.add(
              1, [&](Index, Index) { return apart + v; }, [](Index) { return 1.0; });
          expansion<1> meeting(terms);
          meeting.meet(sources[0], {0.0}, {apart});
          Eigen::VectorXd sum = Eigen::VectorXd::Zero(queries[0].stride);
          meeting.add_to(queries[0], {0.0}, {apart}, sum.data());
          const double exact = 1.5 * std::exp(-(apart + v - u) * (apart + v - u) / 2);
          worst = (std::max)(worst, std::abs(sum[0] / exact - 1));
          // The same by logarithms.
          const double top = meeting.meet_far(sources[0], {0.0}, {apart});
          Eigen::VectorXd parts(2 * queries[0].stride);
          meeting.parts(queries[0], {0.0}, {apart}, parts.data(), parts.data() + queries[0].stride);
          CHECK_CLOSE(parts[0] * std::exp(top - parts[queries[0].stride]), sum[0], 1e-12);
        }
      CHECK(worst <= expansion_error(side, terms, 1) + 1e-13);
      CHECK(worst > expansion_error(side, terms + 1, 1));
      CHECK(worst > 0.4 * expansion_error(side, terms, 1));
    }
  // Errors of coordinates multiply.
  CHECK_CLOSE(1 + expansion_error(1, 5, 3), std::pow(1 + expansion_error(1, 5, 1), 3), 1e-14);
}

TEST_CASE("gauss_sum: cells that are left out add less than their share, and a radius one less breaks that") {
  // Sources every 0.1; cells of ten.
  std::vector<weighted_box<1>> cells;
  std::vector<double> x;
  for (int c = 0; c < 300; ++c) {
    weighted_box<1> b;
    for (int k = 0; k < 10; ++k) {
      x.push_back(0.1 * (10 * c + k));
      b.around.take_in(place<1>{x.back()});
    }
    b.weight = 10;
    b.log_weight = std::log(10.0);
    cells.push_back(b);
  }
  const cell_tree<1> tree(cells);
  for (const double log_share : {std::log(1e-3), std::log(1e-9)})
    for (const double from : {100.0, 299.5, 320.0}) {
      CAPTURE(log_share);
      CAPTURE(from);
      box<1> group;
      group.take_in(place<1>{from});
      group.take_in(place<1>{from + 1});
      std::vector<cell_tree<1>::neighbour> found;
      const double least = tree.find(group, log_share, found);
      const auto away = [&](Index cell) {
        const box<1>& b = cells[static_cast<std::size_t>(cell)].around;
        return (std::max)((std::max)(group.low[0] - b.high[0], b.low[0] - group.high[0]), 0.0);
      };
      double radius = 0;
      for (const auto& n : found) radius = (std::max)(radius, away(n.cell));
      double worst = 0, worst_of_less = 0;
      for (const double y : {from, from + 0.5, from + 1}) {
        std::vector<double> of_cell(cells.size(), 0.0);
        double sum = 0, left_out = 0, left_out_of_less = 0;
        for (std::size_t i = 0; i < x.size(); ++i) of_cell[i / 10] += std::exp(-(x[i] - y) * (x[i] - y) / 2);
        for (const double part : of_cell) sum += part;
        CHECK(std::log(sum) >= least);
        std::vector<char> in(cells.size(), 0);
        for (const auto& n : found) in[static_cast<std::size_t>(n.cell)] = 1;
        for (std::size_t c = 0; c < cells.size(); ++c) {
          if (in[c] == 0) left_out += of_cell[c];
          if (in[c] == 0 || away(static_cast<Index>(c)) > radius - 1.05) left_out_of_less += of_cell[c];
        }
        worst = (std::max)(worst, left_out / sum);
        worst_of_less = (std::max)(worst_of_less, left_out_of_less / sum);
      }
      CHECK(worst <= std::exp(log_share));
      // Far away the bounds of whole cells are generous: there a ring more or less is not seen.
      if (from < 300) CHECK(worst_of_less > std::exp(log_share));
    }
}

TEST_CASE("gauss_sum: work grows as the number of points, whether they spread or crowd") {
  for (const double error : {1e-4, 1e-10}) {
    CHECK(share<1>(80000, 4000, error) < 1.2 * share<1>(20000, 1000, error));
    CHECK(share<1>(80000, 4000, error) < 40);
    CHECK(share<1>(40000, 20, error) < 1.1 * share<1>(10000, 20, error));
  }
  CHECK(share<2>(40000, 40, 1e-4) < 1.2 * share<2>(10000, 20, 1e-4));
  CHECK(share<2>(40000, 5, 1e-4) < 1.1 * share<2>(10000, 5, 1e-4));
  // The exact method's share is n / 2.
  CHECK(share<1>(40000, 20, 1e-10) < 30);
}

TEST_CASE("gauss_sum: two crowds meet once, near or far") {
  stream rng(6);
  for (const double apart : {0.0, 20.0, 1e3, 1e8}) {
    CAPTURE(apart);
    const samples<double, 2> x = cloud<2>(3000, 0.05, rng);
    const samples<double, 2> y = (cloud<2>(2000, 0.05, rng).array() + apart).matrix();
    const work_done done = work<2>(x, y, 1e-8);
    CHECK(done.groups == 1);
    CHECK(done.met == 1);
    CHECK(done.expanded == 5000);
    CHECK(done.pairs == 0);
  }
}
