// Rows of files as end devices: which column is which field. [spec devices-repository-templates-qr
// §2.2] Pure. Not the calls.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/message/leaf.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ttn::lorawan::v3 {
class EndDevice;
}

namespace ff::cli {

inline constexpr ErrorDef csv_header{"cli", "csv_header", Code::invalid_argument,
                                     "no column of the header is known"};
inline constexpr ErrorDef parse_csv_field{"cli", "parse_csv_field", Code::invalid_argument,
                                          "line {line}, column `{column}`: {reason}"};
inline constexpr ErrorDef csv_columns{"cli", "csv_columns", Code::invalid_argument,
                                      "line {line} has {cells} cells, the header {columns}"};

/// What rows have in common.
struct RowDefaults {
  std::shared_ptr<const ttn::lorawan::v3::EndDevice> device;  ///< Application, and fields.
  std::vector<std::string> paths;
};

struct DeviceRow {
  std::shared_ptr<ttn::lorawan::v3::EndDevice> device;
  std::vector<std::string> paths;
};

class CsvColumns {
 public:
  /// Columns of the template converter, and any path of a field that can be written. Error:
  /// csv_header.
  static Result<CsvColumns> parse(const std::vector<std::string>& header);

  /// Empty cells are as if they were not there. Errors: csv_columns, parse_csv_field.
  Result<DeviceRow> read(const std::vector<std::string>& cells, std::size_t line,
                         const RowDefaults& defaults) const;
  /// Columns that mean nothing.
  const std::vector<std::string>& unknown() const noexcept { return unknown_; }

 private:
  struct Column {
    std::string name;
    std::string path;  ///< Empty: not known.
    bool is_hex_number = false;
    Leaf leaf;
  };
  std::vector<Column> columns_;
  std::vector<std::string> unknown_;
};

/// The same of an object in the API's JSON.
Result<DeviceRow> read_device_json(std::string_view object, const RowDefaults& defaults);

/// A session of a row gets an ID if it has none.
void complete_session(DeviceRow& row, UtcTime now, Random& random);

}  // namespace ff::cli
