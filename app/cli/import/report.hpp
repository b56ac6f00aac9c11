// The report of an import: a verdict per row, in a file that is only added to. It is also what a
// run that was killed goes on from. Not the failed rows themselves; the run writes them at its end.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/import/row_steps.hpp"
#include "protocol/base/result.hpp"

namespace ff::cli {

inline constexpr ErrorDef report_of_another{
    "cli", "report_of_another", Code::failed_precondition,
    "`{path}` is the report of another import; use --restart or another --report"};
inline constexpr ErrorDef report_unwritable{"cli", "fail_write", Code::internal,
                                            "can not write `{path}`"};

/// Verdicts by the number of the row; a byte each, however many rows there are.
class Verdicts {
 public:
  void put(std::size_t row, Verdict verdict);
  std::optional<Verdict> of(std::size_t row) const;
  std::size_t count(Verdict verdict) const noexcept {
    return counts_[static_cast<std::size_t>(verdict)];
  }

 private:
  std::vector<std::uint8_t> rows_;  ///< 0: none.
  std::array<std::size_t, verdict_count> counts_{};
};

class Report {
 public:
  ~Report();
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  /// Opens or makes the file. `identity` names the input and where it goes. The verdicts that are
  /// there are read; a line that was cut off is taken away. `restart`: they are forgotten. Errors:
  /// report_of_another, report_unwritable.
  static Result<std::unique_ptr<Report>> open(const std::filesystem::path& path,
                                              const std::string& identity, bool restart);

  /// A later verdict of a row replaces an earlier one.
  void put(std::size_t row, std::string_view device_id, Verdict verdict, const Error* error);
  /// Gives what was put to the system, so that it survives the process.
  Status flush();
  const Verdicts& verdicts() const noexcept { return verdicts_; }

 private:
  Report(std::filesystem::path path, std::FILE* file) : path_(std::move(path)), file_(file) {}

  std::filesystem::path path_;
  std::FILE* file_;
  Verdicts verdicts_;
};

}  // namespace ff::cli
