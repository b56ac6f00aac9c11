#include "app/server/farfield/secret_input.hpp"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

namespace ff::app {
namespace {

constexpr std::array ending{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/// For the handler, which may use nothing else.
termios as_it_was{};

extern "C" void restore_and_end(int number) {
  tcsetattr(STDIN_FILENO, TCSANOW, &as_it_was);
  std::signal(number, SIG_DFL);
  std::raise(number);
}

std::string read_line() {
  std::string line;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar())
    line.push_back(static_cast<char>(c));
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string read_hidden(const std::string& question) {
  auto hidden = as_it_was;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  // Before the question: what is typed earlier is dropped, and an answer to it must not be.
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::fprintf(stderr, "%s: ", question.c_str());
  std::fflush(stderr);
  auto line = read_line();
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &as_it_was);
  std::fputc('\n', stderr);
  return line;
}

}  // namespace

std::optional<std::string> read_new_secret(const std::string& question) {
  if (tcgetattr(STDIN_FILENO, &as_it_was) != 0) return read_line();
  for (const int number : ending) std::signal(number, restore_and_end);
  const auto secret = read_hidden(question);
  const bool same = secret == read_hidden(question + " (again)");
  for (const int number : ending) std::signal(number, SIG_DFL);
  if (!same) return std::nullopt;
  return secret;
}

}  // namespace ff::app
