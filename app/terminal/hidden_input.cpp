#include "app/terminal/hidden_input.hpp"

#include <unistd.h>

namespace ff::terminal {
namespace {

constexpr std::size_t line_max = 4096;

}  // namespace

std::string read_line() {
  std::string line;
  char character = 0;
  while (line.size() < line_max && read(STDIN_FILENO, &character, 1) == 1 && character != '\n')
    line += character;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

HiddenInput::HiddenInput() : is_terminal_(tcgetattr(STDIN_FILENO, &as_it_was_) == 0) {
  if (!is_terminal_) return;
  auto hidden = as_it_was_;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
}

void HiddenInput::show() const noexcept {
  if (!is_terminal_) return;
  tcsetattr(STDIN_FILENO, TCSANOW, &as_it_was_);
  [[maybe_unused]] const auto written = write(STDERR_FILENO, "\n", 1);
}

}  // namespace ff::terminal
