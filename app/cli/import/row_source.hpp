// The rows of an import's file, CSV or JSON, one after the other. Not what is done with them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/import/device_row.hpp"
#include "protocol/base/result.hpp"

namespace ff::cli {

enum class FileFormat { csv, json };

struct SourceRow {
  std::size_t number = 0;  ///< From 1, without the header.
  std::string_view text;   ///< As it is in the file.
  Result<DeviceRow> device;
};

class RowSource {
 public:
  virtual ~RowSource() = default;
  /// Nothing at the end. A row that can not be read is there, with its error. Error: the rest of
  /// the file can not be read.
  virtual Result<std::optional<SourceRow>> next() = 0;
  /// Bytes that were read.
  virtual std::size_t offset() const = 0;
  /// Columns that mean nothing.
  virtual std::vector<std::string> unknown_columns() const = 0;
  /// What stands before the rows in a file of such rows.
  virtual std::string header() const = 0;
};

/// `text` must outlive the source. Error: csv_header, parse_csv.
Result<std::unique_ptr<RowSource>> make_row_source(FileFormat format, std::string_view text,
                                                   RowDefaults defaults);

}  // namespace ff::cli
