// The flags of a method: from its request's fields by reflection, and from the paths that its field
// mask may name. Not what is done with them; see method_command.hpp.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/command/command.hpp"
#include "app/cli/message/leaf.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace google::protobuf {
class Message;
class MethodDescriptor;
}  // namespace google::protobuf

namespace ff::cli {

inline constexpr ErrorDef conflicting_paths{"cli", "conflicting_paths", Code::invalid_argument,
                                            "`{path}` is both set and unset"};
inline constexpr ErrorDef expiry_date_invalid{"cli", "expiry_date_invalid", Code::invalid_argument,
                                              "the expiry date is not in the future"};
inline constexpr ErrorDef expiry_date_format_invalid{"cli", "expiry_date_format_invalid",
                                                     Code::invalid_argument,
                                                     "the expiry date is no time of RFC 3339"};

struct Rename {
  std::string path;  ///< Of the leaf, from the request, or from its body.
  std::string flag;
};

struct RequestShape {
  std::string method;  ///< `ApplicationRegistry/Update`
  std::string body;    ///< The field whose own fields are flags without its name; may be empty.
  std::vector<Rename> renames;
  std::vector<std::string> left_out = {};  ///< Beginnings of paths without flags.
};

/// One request's flags. Immutable.
class RequestFlags {
 public:
  explicit RequestFlags(const RequestShape& shape);

  /// All of them: fields, `--right-...`, and those of the field mask.
  std::vector<Flag> flags() const;

  /// Puts what was given into the request. Errors: invalid_text, expiry_date_...
  Status apply(const Arguments& arguments, google::protobuf::Message& request, UtcTime now) const;
  /// The paths of the body that were given, without its identifiers.
  std::vector<std::string> given_paths(const Arguments& arguments) const;
  /// The paths that were selected by `--name`, or `--all`: all that the method allows.
  std::vector<std::string> selected_paths(const Arguments& arguments) const;
  bool has_body() const noexcept { return !body_.empty(); }
  bool has_mask() const noexcept { return has_mask_; }
  /// Whether the request has such a flag.
  bool has(std::string_view flag) const;

 private:
  struct Entry {
    std::string flag;
    Leaf leaf;
    bool is_of_body = false;
    bool is_identifier = false;
    std::string body_path;  ///< Of the leaf, from the body; empty outside of it.
  };
  struct Right {
    std::string flag;
    std::string value;
  };

  void add(Leaf leaf, const RequestShape& shape);
  std::string name_of(const std::string& path, const RequestShape& shape) const;
  Status apply_rights(const Arguments& arguments, google::protobuf::Message& request) const;

  std::string body_;
  bool has_mask_ = false;
  std::vector<std::string> allowed_;  ///< Paths of the field mask.
  std::vector<Entry> entries_;
  std::vector<Right> rights_;
  std::size_t rights_entry_ = 0;  ///< Of `rights_`, if there are any.
};

/// Paths of which none is above another: `ids` and `name` of `ids`, `ids.device_id`, `name`.
std::vector<std::string> topmost(const std::vector<std::string>& paths);

/// The field mask of a request with that field.
void set_mask(google::protobuf::Message& request, const std::vector<std::string>& paths);

}  // namespace ff::cli
