#include "app/server/process/migrate.hpp"

#include <spdlog/spdlog.h>

#include "storage/migration/migration.hpp"

namespace ff::app {

Status migrate_store(storage::Engine& engine, const std::function<bool()>& ends_now) {
  storage::Migrator migrator(engine, storage::migrations());
  for (;;) {
    FF_TRY(const auto progress, migrator.step());
    if (progress.finished) return {};
    spdlog::info("msg=\"migrating the store\" format={} records={}", progress.version,
                 progress.records);
    if (ends_now && ends_now()) return fail(migration_interrupted);
  }
}

}  // namespace ff::app
