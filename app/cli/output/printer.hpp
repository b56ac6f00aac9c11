// Printer: results on standard output, as JSON, a table or by a template. Not logs and errors.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/output/item_template.hpp"
#include "protocol/base/result.hpp"

namespace google::protobuf {
class Message;
}

namespace ff::cli {

inline constexpr ErrorDef output_closed{"cli", "output_closed", Code::cancelled,
                                        "nobody reads the output"};

class Printer {
 public:
  /// `format` is `json`, `table` or a template. Error: invalid_template.
  static Result<Printer> make(std::string_view format, std::FILE* out);

  /// A result of its own: an indented object.
  Status item(const google::protobuf::Message& message);
  /// The same of JSON text.
  void item(std::string_view json);
  /// `[a, b]`, also when there is none. [spec cli §3]
  Status list(const std::vector<const google::protobuf::Message*>& messages);
  /// One of a stream: shown at once, objects one after the other. Error: output_closed, too.
  Status streamed(const google::protobuf::Message& message);
  /// Text as it is.
  void text(std::string_view text);

 private:
  void rows(const std::vector<std::string>& json);
  void templated(std::string_view json);

  std::FILE* out_ = nullptr;
  bool is_table_ = false;
  std::optional<ItemTemplate> template_;
};

}  // namespace ff::cli
