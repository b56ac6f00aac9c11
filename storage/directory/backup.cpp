#include "storage/directory/backup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "storage/directory/counter_jump.hpp"
#include "storage/directory/layout.hpp"
#include "storage/directory/open.hpp"
#include "storage/engine/errors.hpp"
#include "storage/engine/rocks_engine.hpp"

namespace ff::storage {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> failed(const fs::path& path, const std::error_code& error) {
  const auto& def = error == std::errc::no_space_on_device ? disk_full : io_failed;
  return fail(def, {{"path", path.string()}, {"detail", error.message()}});
}

/// Of a file or directory.
Status sync_to_disk(const fs::path& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed(path, {errno, std::generic_category()});
  std::error_code error;
  if (::fsync(descriptor) != 0) error = {errno, std::generic_category()};
  ::close(descriptor);
  if (error) return failed(path, error);
  return {};
}

Status copy_store(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directory(to, error);
  if (error) return failed(to, error);
  fs::directory_iterator files(from, error);
  if (error) return failed(from, error);
  for (const auto& file : files) {
    auto target = to / file.path().filename();
    if (!file.is_regular_file(error)) continue;
    fs::copy_file(file.path(), target, error);
    if (error) return failed(target, error);
    FF_CHECK(sync_to_disk(target));
  }
  return sync_to_disk(to);
}

tl::unexpected<Error> refused(const RestoreOptions& options, std::string_view detail) {
  return fail(restore_refused, {{"backup", options.backup.string()},
                                {"path", options.directory.string()},
                                {"detail", detail}});
}

Status check_places(const RestoreOptions& options) {
  std::error_code error;
  if (!fs::is_regular_file(layout::store(options.backup) / "CURRENT", error)) {
    return refused(options, "it holds no backup");
  }
  if (fs::exists(options.directory, error) && !fs::is_empty(options.directory, error)) {
    return refused(options, "the target is not empty");
  }
  return layout::prepare(options.directory);
}

Status mark(const fs::path& store, std::uint64_t block) {
  FF_TRY(auto engine, open_rocks({.directory = store, .create_if_missing = false}));
  FF_TRY(auto format, read_format(*engine));
  if (!format) return fail(format_missing);
  FF_CHECK(add_counter_jump(*engine, block));
  return engine->flush();
}

}  // namespace

Status backup(Engine& engine, const fs::path& directory) {
  std::error_code error;
  if (fs::exists(directory, error)) return fail(backup_exists, {{"path", directory.string()}});
  FF_CHECK(layout::prepare(directory));
  auto copied = engine.checkpoint(layout::store(directory));
  if (!copied) {
    fs::remove_all(directory, error);
    return copied;
  }
  FF_CHECK(sync_to_disk(directory));
  return {};
}

Status restore(const RestoreOptions& options) {
  if (options.counter_jump_block < 1 || options.counter_jump_block > counter_jump_block_max)
    return fail(counter_jump_refused,
                {{"block", static_cast<std::int64_t>(options.counter_jump_block)}});
  FF_CHECK(check_places(options));
  auto unfinished = layout::unfinished_store(options.directory);
  FF_CHECK(copy_store(layout::store(options.backup), unfinished));
  FF_CHECK(mark(unfinished, options.counter_jump_block));
  std::error_code error;
  fs::rename(unfinished, layout::store(options.directory), error);
  if (error) return failed(options.directory, error);
  return sync_to_disk(options.directory);
}

}  // namespace ff::storage
