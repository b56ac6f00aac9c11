// What people type into a program's standard input, and what of it the terminal shows. Not
// questions, and not what is piped in as a whole.
#pragma once

#include <termios.h>

#include <string>

namespace ff::terminal {

/// The next line of standard input without its end, or what there is of it in 4096 bytes. Reads no
/// further: what follows is whoever's that reads next.
std::string read_line();

/// While it lives, what is typed is not shown, if standard input is a terminal. Make it before the
/// question: what was typed earlier is dropped, and an answer to it must not be. One at a time.
class HiddenInput {
 public:
  HiddenInput();
  ~HiddenInput() { show(); }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;

  bool is_terminal() const noexcept { return is_terminal_; }
  /// Leaves the terminal as it was, on a new line. For who ends the process meanwhile: any thread,
  /// any signal handler.
  void show() const noexcept;

 private:
  termios as_it_was_{};
  bool is_terminal_;
};

}  // namespace ff::terminal
