#include "app/server/farfield/secret_input.hpp"

#include <array>
#include <csignal>
#include <cstdio>

#include "app/terminal/hidden_input.hpp"

namespace ff::app {
namespace {

constexpr std::array ending{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/// For the handler, which may use nothing else.
const terminal::HiddenInput* hidden_input = nullptr;

extern "C" void show_and_end(int number) {
  hidden_input->show();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

std::string ask(const std::string& question) {
  std::fprintf(stderr, "%s: ", question.c_str());
  return terminal::read_line();
}

}  // namespace

std::optional<std::string> read_new_secret(const std::string& question) {
  const terminal::HiddenInput hidden;
  if (!hidden.is_terminal()) return terminal::read_line();
  hidden_input = &hidden;
  for (const int number : ending) std::signal(number, show_and_end);
  const auto secret = ask(question);
  const bool same = secret == ask("\n" + question + " (again)");
  for (const int number : ending) std::signal(number, SIG_DFL);
  if (!same) return std::nullopt;
  return secret;
}

}  // namespace ff::app
