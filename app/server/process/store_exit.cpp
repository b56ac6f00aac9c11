#include "app/server/process/store_exit.hpp"

#include "app/server/process/migrate.hpp"
#include "storage/directory/open.hpp"
#include "storage/engine/errors.hpp"

namespace ff::app {

ExitCode exit_code_of_store(const Error& error) noexcept {
  if (error.is(migration_interrupted)) return ExitCode::ok;
  if (error.is(storage::locked)) return ExitCode::temporary;
  if (error.is(storage::not_open)) return ExitCode::no_input;
  if (error.is(storage::shard_count_mismatch)) return ExitCode::configuration;
  if (error.code() == Code::data_loss) return ExitCode::bad_data;
  if (error.code() == Code::failed_precondition) return ExitCode::can_not_create;
  return ExitCode::io_error;
}

}  // namespace ff::app
