#include "app/server/farfield/commands.hpp"

#include <cstdio>

#include "app/server/process/store_exit.hpp"
#include "protocol/base/random.hpp"
#include "storage/directory/backup.hpp"
#include "storage/directory/open.hpp"
#include "storage/engine/family.hpp"

namespace ff::app {
namespace {

ExitCode failed(const Error& error, ExitCode code) {
  std::fprintf(stderr, "farfield: %s\n", error.message().c_str());
  return code;
}

ExitCode backup(const std::string& directory, const config::Config& config) {
  auto store = open_existing_store(config);
  if (!store) return failed(store.error(), exit_code_of_store(store.error()));
  const auto status = storage::backup(*store->engine, directory);
  if (!status) return failed(status.error(), ExitCode::can_not_create);
  std::printf("backup of %s is in %s\n", config.storage.directory.c_str(), directory.c_str());
  return ExitCode::ok;
}

ExitCode restore(const std::string& from, const config::Config& config) {
  const auto status = storage::restore({.backup = from,
                                        .directory = config.storage.directory,
                                        .counter_jump_block = config.storage.restore_counter_jump});
  if (!status) return failed(status.error(), ExitCode::bad_data);
  std::printf("%s has the content of %s; downlink counters and join nonces jump ahead by %llu\n",
              config.storage.directory.c_str(), from.c_str(),
              static_cast<unsigned long long>(config.storage.restore_counter_jump));
  return ExitCode::ok;
}

/// Reads every record once, so that checksums are compared.
ExitCode check(const config::Config& config) {
  auto store = open_existing_store(config);
  if (!store) return failed(store.error(), exit_code_of_store(store.error()));
  for (std::size_t i = 0; i < storage::family_count; ++i) {
    const auto family = static_cast<storage::Family>(i);
    const auto count = store->engine->scan({.family = family, .range = {}},
                                           [](ByteView, ByteView) { return true; });
    if (!count) return failed(count.error(), ExitCode::bad_data);
    std::printf("%-16s %12zu records\n", std::string(storage::to_string(family)).c_str(), *count);
  }
  return ExitCode::ok;
}

}  // namespace

Result<storage::OpenStore> open_existing_store(const config::Config& config, bool create) {
  storage::StoreSettings settings;
  if (auto count = storage::ShardCount::make(config.storage.shards)) settings.shard_count = *count;
  auto random = make_secure_random();
  return storage::open_directory(
      {.directory = config.storage.directory, .create_if_missing = create}, settings, *random);
}

ExitCode run_db_command(const std::vector<std::string>& words, const config::Config& config) {
  if (words.size() == 2 && words[0] == "backup") return backup(words[1], config);
  if (words.size() == 2 && words[0] == "restore") return restore(words[1], config);
  if (words.size() == 1 && words[0] == "check") return check(config);
  std::fprintf(stderr, "farfield: usage: farfield db backup DIRECTORY | restore BACKUP | check\n");
  return ExitCode::usage;
}

}  // namespace ff::app
