#include "app/cli/import/progress_bar.hpp"

#include <cstdio>

#include "app/cli/session/clock.hpp"

namespace ff::cli {
namespace {

constexpr std::size_t width = 30;

}  // namespace

std::string bar_text(const ImportProgress& progress, std::size_t size, std::size_t failed,
                     double seconds) {
  const auto part =
      size == 0 ? 1.0 : static_cast<double>(progress.offset) / static_cast<double>(size);
  const auto filled = static_cast<std::size_t>(part * width);
  const auto rate = seconds > 0 ? static_cast<double>(progress.handled) / seconds : 0.0;
  std::string out = "[" + std::string(filled, '#') + std::string(width - filled, '-') + "] ";
  out += std::to_string(static_cast<int>(part * 100)) + " %  " + std::to_string(progress.rows) +
         " rows, " + std::to_string(static_cast<long>(rate)) + "/s, " + std::to_string(failed) +
         " failed";
  if (part > 0 && part < 1)
    out += ", " + std::to_string(static_cast<long>(seconds * (1 - part) / part)) + " s left";
  return out;
}

ProgressBar::ProgressBar(std::size_t size, bool is_shown)
    : size_(size), is_shown_(is_shown), begin_(mono_now()) {}

void ProgressBar::show(const ImportProgress& progress, std::size_t failed) {
  if (!is_shown_) return;
  const std::chrono::duration<double> time = mono_now() - begin_;
  std::fprintf(stderr, "\r%s\033[K", bar_text(progress, size_, failed, time.count()).c_str());
}

void ProgressBar::end() {
  if (is_shown_) std::fputc('\n', stderr);
}

}  // namespace ff::cli
