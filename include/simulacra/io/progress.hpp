#pragma once

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include <unistd.h>

#include <simulacra/core/types.hpp>

namespace simulacra {

/// A callback `(done, of)` that keeps one line on the terminal up to date: what is done, how much of it, and about how long
/// the rest will take. It writes to standard error, at most ten times a second; where that is no terminal but a log, one line a minute,
/// the first after a minute.
[[nodiscard]] inline std::function<void(Index, Index)> terminal_progress(std::string what) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  using clock = std::chrono::steady_clock;
  struct state {
    std::string what;
    clock::time_point begun = clock::now(), shown{};
  };
  const auto s = std::make_shared<state>(state{std::move(what)});
  if (!terminal) s->shown = s->begun;
  return [s, terminal](Index done, Index of) {
    const auto now = clock::now();
    const bool last = done == of;
    if (terminal ? !last && now - s->shown < std::chrono::milliseconds(100) : now - s->shown < std::chrono::minutes(1))
      return;
    s->shown = now;
    const double took = std::chrono::duration<double>(now - s->begun).count();
    const double left = done > 0 ? took * static_cast<double>(of - done) / static_cast<double>(done) : 0;
    std::fprintf(stderr, "%s%s: %lld of %lld, %.0f s", terminal ? "\r\033[K" : "", s->what.c_str(),
                 static_cast<long long>(done), static_cast<long long>(of), took);
    if (!last) std::fprintf(stderr, ", about %.0f s left", left);
    if (last || !terminal) std::fputc('\n', stderr);
    std::fflush(stderr);
  };
}

}  // namespace simulacra
