#include "app/server/process/store_exit.hpp"

#include <gtest/gtest.h>

#include "app/server/process/migrate.hpp"
#include "storage/directory/open.hpp"
#include "storage/engine/errors.hpp"

namespace ff::app {
namespace {

TEST(StoreExit, SaysWhetherTryingAgainHelps) {
  const std::pair<const ErrorDef*, ExitCode> rows[] = {
      {&migration_interrupted, ExitCode::ok},
      {&storage::locked, ExitCode::temporary},
      {&storage::not_open, ExitCode::no_input},
      {&storage::shard_count_mismatch, ExitCode::configuration},
      {&storage::corruption, ExitCode::bad_data},
      {&storage::format_too_new, ExitCode::can_not_create},
      {&storage::directory_unusable, ExitCode::can_not_create},
      {&storage::disk_full, ExitCode::io_error},
      {&storage::io_failed, ExitCode::io_error},
  };
  for (const auto& [error, code] : rows)
    EXPECT_EQ(exit_code_of_store(Error(*error)), code) << error->name;
}

}  // namespace
}  // namespace ff::app
