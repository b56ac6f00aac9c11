// A progress bar on a terminal. Not the report.
#pragma once

#include <cstddef>
#include <string>

#include "app/cli/import/import_run.hpp"
#include "protocol/base/time.hpp"

namespace ff::cli {

/// `[####----]  52 %  26000 rows, 4300/s, 12 failed, 7 s left`
std::string bar_text(const ImportProgress& progress, std::size_t size, std::size_t failed,
                     double seconds);

class ProgressBar {
 public:
  /// `size` of the file, bytes. Not shown: nothing is written.
  ProgressBar(std::size_t size, bool is_shown);
  void show(const ImportProgress& progress, std::size_t failed);
  /// Leaves the line.
  void end();

 private:
  std::size_t size_;
  bool is_shown_;
  MonoTime begin_;
};

}  // namespace ff::cli
