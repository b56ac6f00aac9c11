#include "app/server/process/signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>

namespace ff::app {
namespace {

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

sigset_t awaited_signals() {
  auto set = ending_signals();
  sigaddset(&set, SIGHUP);
  return set;
}

void end_at_once(int number) {
  _exit(128 + number);
}

volatile std::sig_atomic_t forced_exit_code = 0;
void end_by_force(int) {
  _exit(forced_exit_code);
}

}  // namespace

void block_signals() {
  const auto set = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit fails as one on a full disk does
}

Asked wait_for_signal() {
  const auto set = awaited_signals();
  int number = 0;
  sigwait(&set, &number);
  return number == SIGHUP ? Asked::to_reload : Asked::to_end;
}

bool end_was_asked() {
  const auto set = ending_signals();
  const timespec at_once{};
  return sigtimedwait(&set, nullptr, &at_once) > 0;
}

void wake_signals() {
  kill(getpid(), SIGTERM);
}

void arm_second_signal() {
  std::signal(SIGTERM, end_at_once);
  std::signal(SIGINT, end_at_once);
  const auto set = ending_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void force_end_after(std::chrono::seconds limit, int exit_code) {
  forced_exit_code = exit_code;
  std::signal(SIGALRM, end_by_force);
  alarm(static_cast<unsigned>(limit.count()));
}

}  // namespace ff::app
