// Objects of a JSON text one after the other: of an array, concatenated, or one a line. Finds where
// they begin and end; what is in them is their reader's. Nothing is copied.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::cli {

inline constexpr ErrorDef malformed_input{"cli", "malformed_input", Code::invalid_argument,
                                          "line {line} of the input: {reason}"};

class JsonObjects {
 public:
  /// `text` must outlive this.
  explicit JsonObjects(std::string_view text) : text_(text) {}

  /// Nothing at the end. Error: malformed_input.
  Result<std::optional<std::string_view>> next();
  /// Where the object that `next` gave begins, from 1.
  std::size_t line() const noexcept { return line_; }

 private:
  void skip_separators();
  tl::unexpected<Error> malformed(std::string_view reason) const;
  /// The end of the object that begins here; npos if it has none.
  std::size_t object_end() const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t object_lines_ = 0;  ///< Line ends within the last object.
};

}  // namespace ff::cli
