#include "app/cli/session/session.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/terminal/hidden_input.hpp"

namespace ff::cli {
namespace {

/// A pipe that nobody writes to must not hold a command that needs no input.
constexpr int input_wait_ms = 200;
constexpr std::size_t input_size_max = std::size_t{1} << 30U;

bool has_input(bool waits) {
  struct stat status {};
  if (fstat(STDIN_FILENO, &status) != 0) return false;
  if (S_ISREG(status.st_mode)) return status.st_size > 0;
  if (!S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode)) return false;
  pollfd wait{STDIN_FILENO, POLLIN, 0};
  return poll(&wait, 1, waits ? -1 : input_wait_ms) > 0 && (wait.revents & POLLIN) != 0;
}

std::string read_all() {
  std::string text;
  std::array<char, 65536> buffer{};
  while (text.size() < input_size_max) {
    const auto size = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (size <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return text;
}

constexpr int exit_code_canceled = 130;

/// Whoever is asked may want to end the program, and nothing else is under way.
std::string read_line(Cancel& cancel, const std::function<void()>& restore) {
  const auto number = cancel.on_cancel([&restore] {
    restore();
    _exit(exit_code_canceled);
  });
  auto line = terminal::read_line();
  cancel.forget(number);
  return line;
}

int rank(std::string_view level) {
  constexpr std::array<std::string_view, 5> levels = {"debug", "info", "warn", "error", "fatal"};
  return static_cast<int>(std::ranges::find(levels, level) - levels.begin());
}

}  // namespace

void Session::log(std::string_view level, std::string_view text) const {
  if (rank(level) < rank(config().log_level)) return;
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(level.size()), level.data(),
               static_cast<int>(text.size()), text.data());
}

const std::string& Session::input(bool waits) {
  if (!input_) input_ = has_input(waits) ? read_all() : std::string();
  return *input_;
}

void Session::use_input(std::string text) {
  input_ = std::move(text);
}

bool Session::confirms(const std::string& question) const {
  std::fprintf(stderr, "%s [Y/n] ", question.c_str());
  const auto answer = read_line(cancel_, [] {});
  return answer == "y" || answer == "Y" || answer == "yes";
}

std::string Session::ask_secret(const std::string& question) {
  if (input_ && !input_->empty()) {
    auto line = input_->substr(0, input_->find('\n'));
    input_->erase(0, line.size() + 1);
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }
  const terminal::HiddenInput hidden;
  std::fprintf(stderr, "%s: ", question.c_str());
  return read_line(cancel_, [&hidden] { hidden.show(); });
}

}  // namespace ff::cli
