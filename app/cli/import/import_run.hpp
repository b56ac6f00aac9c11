// An import under way: rows are read, so many at a time are called for, verdicts go to the report.
// Not what is called for a row (row_steps.hpp), not the command line (import_command.hpp).
#pragma once

#include <cstddef>
#include <functional>

#include "app/cli/call/api.hpp"
#include "app/cli/call/cancel.hpp"
#include "app/cli/import/report.hpp"
#include "app/cli/import/row_source.hpp"
#include "protocol/base/random.hpp"

namespace ff::cli {

/// How far an import is.
struct ImportProgress {
  std::size_t rows = 0;     ///< Read, those of earlier runs included.
  std::size_t skipped = 0;  ///< Done by an earlier run.
  std::size_t handled = 0;  ///< Done by this run.
  std::size_t offset = 0;   ///< Bytes read.
};

struct ImportOptions {
  std::size_t concurrency = 64;  ///< Rows under way at once, at least 1.
  bool update = false;           ///< Devices that are there are set.
  /// Rows that go to the server in one call, if it has one for many, and of such rows how many are
  /// under way at once. 0 or 1: each row goes by itself, as it does on other servers. Not with
  /// `update`, which one call can not do.
  std::size_t batch_size = 0;
  std::size_t batch_concurrency = 1024;
  /// Called now and then, and at the end.
  std::function<void(const ImportProgress&)> on_progress;
  /// Completes a row before it is called for; may be empty.
  std::function<void(DeviceRow&)> complete;
};

/// At most so many rows, and bytes, are in a batch; one row that is larger goes alone.
inline constexpr std::size_t batch_size_max = 256;
inline constexpr std::size_t batch_bytes_max = 1 << 20;

/// A row that the server could not take yet is tried this often.
inline constexpr int row_attempts_max = 6;

/// Until the end of the source, or until the command is canceled: then the rows under way are
/// finished. Errors: canceled, report_unwritable, of the source.
Result<ImportProgress> run_import(Api& api, Cancel& cancel, RowSource& source, Report& report,
                                  const ImportOptions& options);

}  // namespace ff::cli
