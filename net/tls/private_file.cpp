#include "net/tls/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ff::net::tls {
namespace {

auto failed(const std::filesystem::path& path, std::string reason) {
  return fail(file_unwritable, {{"path", path.string()}, {"reason", std::move(reason)}});
}

/// Or a power loss takes the name away.
Status sync_folder_of(const std::filesystem::path& path) {
  const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const auto folder = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return failed(path, std::strerror(errno));
  const bool synced = ::fsync(folder) == 0;
  const auto error = errno;
  ::close(folder);
  if (!synced) return failed(path, std::strerror(error));
  return {};
}

}  // namespace

Status write_private_file(const std::filesystem::path& path, std::string_view text) {
  auto temporary = path;
  temporary += ".new";
  const auto file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed(path, std::strerror(errno));
  const auto complete =
      ::fchmod(file, 0600) == 0 &&
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  const auto error = errno;
  ::close(file);
  if (!complete) return failed(path, std::strerror(error));
  std::error_code code;
  std::filesystem::rename(temporary, path, code);
  if (code) return failed(path, code.message());
  return sync_folder_of(path);
}

}  // namespace ff::net::tls
