// One part of a program whose parts are compiled with different instruction sets. What it computes by our own inner loops is a number of bits.
#include <simulacra/families/kernel/detail/pair_sums.hpp>
#include <simulacra/families/mixture/detail/kernels.hpp>
#include <simulacra/hilbert/detail/sincos.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/sums/gauss_sum.hpp>

#include <bit>
#include <cstdint>
#include <span>

namespace sim = simulacra;

std::uint64_t PART() {
  std::uint64_t h = 0xcbf29ce484222325u;
  const auto see = [&h](double v) { h = (h ^ std::bit_cast<std::uint64_t>(v)) * 0x100000001b3u; };
  sim::stream rng(7);
  sim::samples<double, 2> x(2, 999);
  sim::fill_normal(std::span<double>(x.data(), static_cast<std::size_t>(x.size())), rng);
  Eigen::VectorXd g(x.cols());
  sim::gauss_sum<double, 2>(x).values_into(x, g);
  for (const double v : g) see(v);
  sim::gauss_sum<double, 2>(x, {}, {.how = sim::evaluation::method::fast, .relative_error = 1e-6}).values_into(x, g);
  for (const double v : g) see(v);

  constexpr sim::Index d = 5, n = 64;
  sim::packets::aligned_doubles y(d * n), z(d * n), row(n), weights(n, 1.0), weighted(d * n);
  sim::fill_normal(std::span<double>(y), rng);
  const Eigen::MatrixXd lower = Eigen::MatrixXd::Identity(d, d) * 2 + Eigen::MatrixXd::Ones(d, d);
  double packed[d * (d + 1) / 2], mean[d] = {0.1, 0.2, 0.3, 0.4, 0.5}, weight = 0, first[d] = {};
  sim::detail::em::pack_triangle(lower, packed);
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(d, d);
  sim::packets::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
    sim::detail::em::solve<L>(packed, mean, -1.5, y.data(), z.data(), row.data(), d, n);
    see(sim::detail::em::share_out<L>(row.data(), 1, weights.data(), true, n));
    sim::detail::em::add_sums<L, false>(z.data(), z.data(), weighted.data(), weight, first, nullptr, d, n);
    sim::detail::em::add_products<L>(weighted.data(), z.data(), d, n, products);
  });
  for (sim::Index i = 0; i < d; ++i) {
    see(first[i]);
    for (sim::Index j = 0; j <= i; ++j) see(products(i, j));
  }
  sim::detail::sincos_pack angle, s, c;
  for (int i = 0; i < sim::detail::sincos_width; ++i) angle[i] = z[static_cast<std::size_t>(i)];
  sim::detail::sincos(angle, s, c);
  for (int i = 0; i < sim::detail::sincos_width; ++i) see(s[i] + c[i]);
  return h;
}
