// INTERNAL: taking typed members out of a YAML map. The first that is wrong is remembered, so that
// readers are lists of what there is.
#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/device_repository/errors.hpp"
#include "protocol/device_repository/yaml_tree.hpp"

namespace ff::device_repository {

/// What was wrong first.
class Problem {
 public:
  void set(std::string_view field, std::string_view reason) {
    if (!error_) error_ = Error(malformed_document, {{"field", field}, {"reason", reason}});
  }
  const std::optional<Error>& error() const noexcept { return error_; }

 private:
  std::optional<Error> error_;
};

/// The members of one map. Outlived by the node and the problem.
class Fields {
 public:
  /// `path`: of the map in its document, for messages; empty: the document itself.
  Fields(const YamlNode* maybe_node, std::string path, Problem& problem);

  bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
  /// Empty when there is none.
  std::string text(std::string_view name) const;
  /// An identifier of the API; empty when there is none.
  std::string id(std::string_view name) const;
  /// An http or https address; empty when there is none.
  std::string url(std::string_view name) const;
  /// The name of a file below the brand's folder; empty when there is none.
  std::string file(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::optional<bool> flag(std::string_view name) const;
  std::optional<double> number(std::string_view name, double min, double max) const;
  std::optional<std::uint32_t> whole(std::string_view name, std::uint32_t min,
                                     std::uint32_t max) const;
  std::vector<double> numbers(std::string_view name, double min, double max) const;
  /// Of a map inside; without members when there is none.
  Fields map(std::string_view name) const;
  std::vector<Fields> maps(std::string_view name) const;
  /// The map's own members, by name.
  std::vector<std::pair<std::string, Fields>> entries() const;

  void wrong(std::string_view name, std::string_view reason) const;
  const YamlNode* find(std::string_view name) const noexcept;

 private:
  std::string path_of(std::string_view name) const;
  const YamlNode* list(std::string_view name) const;
  const YamlNode* scalar(std::string_view name) const;
  std::optional<double> number_of(const YamlNode& node, std::string_view name, double min,
                                  double max) const;

  const YamlNode* maybe_node_;
  std::string path_;
  Problem* problem_;
};

/// Letters, digits, `-`, `_` and dots, in folders or not; nothing that leaves its folder.
bool is_file_name(std::string_view text) noexcept;

/// Members that say nothing are left out.
void put(boost::json::object& out, std::string_view name, const std::string& text);
void put(boost::json::object& out, std::string_view name, const std::vector<std::string>& texts);
template <class T>
void put(boost::json::object& out, std::string_view name, const std::optional<T>& value) {
  if (value) out.insert_or_assign(name, *value);
}
void put(boost::json::object& out, std::string_view name, boost::json::object value);
void put(boost::json::object& out, std::string_view name, boost::json::array value);

}  // namespace ff::device_repository
