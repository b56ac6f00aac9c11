#include "net/child/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace ff::net {
namespace {

/// What is made for a start and not needed after it.
class SpawnPlan {
 public:
  explicit SpawnPlan(int socket) {
    posix_spawn_file_actions_init(&files_);
    posix_spawnattr_init(&attributes_);
    for (const int standard : {0, 1, 2})
      posix_spawn_file_actions_addopen(&files_, standard, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&files_, socket, child_socket);
    posix_spawn_file_actions_addchdir_np(&files_, "/");
    sigset_t none;
    sigemptyset(&none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    // A group of its own: an interrupt from the terminal is for us, who end our children in order.
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  /// 0, or an errno.
  int run(const ChildOptions& options, pid_t& pid) {
    std::string program = options.program.string();
    std::vector<std::string> texts = options.arguments;
    std::vector<char*> arguments{program.data()};
    for (auto& text : texts) arguments.push_back(text.data());
    arguments.push_back(nullptr);
    std::string zone = "TZ=UTC";
    std::string locale = "LC_ALL=C";
    char* environment[] = {zone.data(), locale.data(), nullptr};
    return posix_spawn(&pid, program.c_str(), &files_, &attributes_, arguments.data(), environment);
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

tl::unexpected<Error> not_started(const ChildOptions& options, int error) {
  return fail(child_not_started, {{"program", options.program.string()},
                                  {"reason", std::system_category().message(error)}});
}

}  // namespace

Result<Spawned> spawn(const ChildOptions& options) {
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return not_started(options, errno);
  Spawned out{-1, ends[0]};
  const int error = SpawnPlan(ends[1]).run(options, out.pid);
  close(ends[1]);
  if (error == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0) return out;
  close(ends[0]);
  if (error != 0) return not_started(options, error);
  reap(out.pid);
  return not_started(options, EINVAL);
}

std::string reap(pid_t pid) {
  // One that is ending already keeps the status it ends with.
  kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit " + std::to_string(WEXITSTATUS(status));
}

}  // namespace ff::net
