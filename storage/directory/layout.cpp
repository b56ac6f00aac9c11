#include "storage/directory/layout.hpp"

#include <system_error>

#include "storage/directory/open.hpp"

namespace ff::storage::layout {

namespace fs = std::filesystem;

fs::path store(const fs::path& directory) {
  return directory / "db";
}
fs::path unfinished_store(const fs::path& directory) {
  return directory / "db.restoring";
}

Status prepare(const fs::path& directory) {
  std::error_code error;
  bool created = fs::create_directories(directory, error);
  if (!error && created) fs::permissions(directory, fs::perms::owner_all, error);
  if (!error && !fs::is_directory(directory, error) && !error) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (error) {
    return fail(directory_unusable, {{"path", directory.string()}, {"detail", error.message()}});
  }
  if (fs::exists(unfinished_store(directory), error)) {
    return fail(restore_incomplete, {{"path", directory.string()}});
  }
  return {};
}

}  // namespace ff::storage::layout
