// A store of an older program before anything else reads it. Not what migrations do; see
// storage/migration.
#pragma once

#include <functional>

#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"

namespace ff::app {

inline constexpr ErrorDef migration_interrupted{
    "farfield", "migration_interrupted", Code::aborted,
    "the process was asked to end while it migrated the store; the next start goes on with it"};

/// Brings the store to this program's format. `ends_now` is asked after each batch, and may be
/// null; what it interrupts goes on there with the next call. Errors: migration_interrupted, and
/// those of storage::Migrator::step().
Status migrate_store(storage::Engine& engine, const std::function<bool()>& ends_now);

}  // namespace ff::app
