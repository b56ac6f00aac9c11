// INTERNAL: a pull reader of JSON text (RFC 8259) that never looks ahead further than one token.
// Not a document: nothing is kept, so a value must be read or skipped before the next one.
//
// Ours, because Boost.JSON 1.81 does not round decimal fractions correctly and simdjson refuses a
// whole document for one integer above 64 bits, which JavaScript's JSON.stringify writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::api_json {

class Reader {
 public:
  enum class Kind { object, array, string, number, boolean, null, invalid };

  /// `text` must outlive the reader.
  explicit Reader(std::string_view text) : text_(text) {}

  /// The kind of the next value; `invalid` at the end of the text.
  Kind peek();

  Status begin_object();
  /// The next key of the innermost open object; nothing at its end, which is consumed.
  Result<std::optional<std::string>> next_key();
  Status begin_array();
  /// Whether the innermost open array has another element; its end is consumed.
  Result<bool> next_element();

  /// UTF-8; a lone surrogate becomes U+FFFD.
  Result<std::string> string();
  /// The text of a number, checked against the grammar.
  Result<std::string_view> number();
  Result<bool> boolean();
  Status null();
  Status skip();
  /// Nothing but white space may follow.
  Status end();
  /// Where the next value begins (after `peek`) or the last one ended, in bytes of the text.
  std::size_t offset() const noexcept { return at_; }

 private:
  bool take(char wanted);
  bool take_word(std::string_view word);
  void skip_space();
  char current() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool digits();
  Status open(char bracket);
  Status skip_members(bool object);
  Status escape(std::string& out);
  std::optional<unsigned> hex4();
  Error error(std::string_view reason) const;

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool first_ = true;  ///< No member of the innermost container has been read.
};

}  // namespace ff::api_json
