#pragma once

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include <simulacra/hilbert/embedding_error.hpp>
#include <simulacra/ledger/term.hpp>

namespace simulacra {

/// Which terms there are in an account, decided where types are known: what cannot occur costs nothing.
struct active_terms {
  std::array<bool, term_count> on{};

  [[nodiscard]] constexpr bool operator[](term t) const noexcept { return on[index_of(t)]; }

  template <class F>
  constexpr void for_each(F&& f) const {
    for (const term t : all_terms)
      if (on[index_of(t)]) f(t);
  }
};

/// In which column of a population's origins the errors of a book's own making stand; of a lineage there are none.
struct origin_column {
  std::size_t columns = 0;
  std::size_t mine = 0;  ///< under `columns`, if there are any
};

/// Where a law stands and why: its embedding, and one vector a term whose sum is the embedding minus the truth's. Everything in
/// it is linear in the law, so accounts mix as laws do:
///
///     account(sum of w_s law_s) = sum of w_s account(law_s),     account(truth) = 0.
///
/// `noise` has a vector a term as well: half the difference of what two independent halves of the reference draws would have
/// booked. It mixes in the same way, and its squared norm is an unbiased estimate of the Monte Carlo variance of the term.
template <class Vector>
struct account {
  Vector place{};
  std::array<Vector, term_count> due{};
  std::array<Vector, term_count> noise{};
  std::vector<Vector>
      made{};  ///< of a population: what its members have made of it, each or by groups; their sum is that of `due`
               ///< without drift. Steps that are not identified are in it
  embedding_error place_error{};                    ///< of `place`, where a law was drawn
  std::array<embedding_error, term_count> drawn{};  ///< of `due`, where it was made of places that were drawn
  std::array<bool, term_count> lost{};  ///< terms with a step whose corner could not be found: not identified from then on

  [[nodiscard]] Vector& operator[](term t) { return due[index_of(t)]; }
  [[nodiscard]] const Vector& operator[](term t) const { return due[index_of(t)]; }
};

namespace detail {

/// The arithmetic of accounts in a space.
template <class Space>
class accountant {
 public:
  using vector = typename Space::vector;
  using account_type = account<vector>;

  accountant(const Space& space, active_terms active, bool noisy, origin_column origin = {})
      : space_(&space), active_(active), noisy_(noisy), origin_(origin) {}

  /// An account of nothing, with all the room it will need.
  [[nodiscard]] account_type blank() const {
    account_type a;
    a.place = space_->zero();
    a.made.assign(origin_.columns, a.place);
    active_.for_each([&](term t) {
      a[t] = space_->zero();
      if (noisy_) a.noise[index_of(t)] = space_->zero();
    });
    return a;
  }

  void clear(account_type& a) const {
    space_->set_zero(a.place);
    for (vector& v : a.made) space_->set_zero(v);
    a.lost.fill(false);
    a.place_error.clear();
    for (embedding_error& e : a.drawn) e.clear();
    active_.for_each([&](term t) {
      space_->set_zero(a[t]);
      if (noisy_) space_->set_zero(a.noise[index_of(t)]);
    });
  }

  /// a += w * b
  void add(account_type& a, double w, const account_type& b) const {
    space_->add(a.place, w, b.place);
    a.place_error.add(w, b.place_error);
    for (std::size_t k = 0; k < b.made.size(); ++k) space_->add(a.made[k], w, b.made[k]);
    active_.for_each([&](term t) {
      space_->add(a[t], w, b[t]);
      a.drawn[index_of(t)].add(w, b.drawn[index_of(t)]);
      a.lost[index_of(t)] = a.lost[index_of(t)] || b.lost[index_of(t)];
      if (noisy_) space_->add(a.noise[index_of(t)], w, b.noise[index_of(t)]);
    });
  }

  /// Books the step from one place to another, due[t] += to - from, and the errors of either, if they have any.
  void book(account_type& a, term t, const vector& to, const embedding_error* to_error, const vector& from,
            const embedding_error* from_error) const {
    if (&to == &from) return;
    book(a, t, to, from);
    if (to_error != nullptr) a.drawn[index_of(t)].add(1, *to_error);
    if (from_error != nullptr) a.drawn[index_of(t)].add(-1, *from_error);
  }
  void book(account_type& a, term t, const vector& to, const vector& from) const {
    if (&to == &from) return;
    if constexpr (requires { space_->add_difference(a[t], to, from); }) {
      space_->add_difference(a[t], to, from);  // rounds once: equal places leave nothing behind
    } else {
      space_->add(a[t], 1, to);
      space_->add(a[t], -1, from);
    }
  }
  /// Books a step as one that the member has made whose book this is, made += to - from.
  void book_origin(account_type& a, const vector& to, const vector& from) const {
    if (origin_.columns == 0 || &to == &from) return;
    space_->add(a.made[origin_.mine], 1, to);
    space_->add(a.made[origin_.mine], -1, from);
  }
  void book_noise(account_type& a, term t, double sign, const vector& half) const {
    if (noisy_) space_->add(a.noise[index_of(t)], sign, half);
  }

 private:
  const Space* space_;
  active_terms active_;
  bool noisy_;
  origin_column origin_;
};

}  // namespace detail

}  // namespace simulacra
