// The paths of a field mask as a tree of names. Not tied to a message type; see field_mask.hpp.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace ff {

/// Selecting a parent selects everything below it.
class PathTree {
 public:
  PathTree() = default;
  /// Dotted paths, such as `ids.application_ids`.
  explicit PathTree(std::span<const std::string> paths);

  void add(std::string_view path);

  /// The node itself was named: everything below is selected.
  bool whole() const noexcept { return whole_; }
  /// Nothing was ever added.
  bool empty() const noexcept { return !whole_ && children_.empty(); }
  const std::map<std::string, PathTree, std::less<>>& children() const noexcept {
    return children_;
  }
  /// Null when nothing at or below `name` is selected.
  const PathTree* find(std::string_view name) const;

 private:
  std::map<std::string, PathTree, std::less<>> children_;
  bool whole_ = false;
};

}  // namespace ff
