#include "protocol/field_mask/path_tree.hpp"

namespace ff {

PathTree::PathTree(std::span<const std::string> paths) {
  for (const auto& path : paths) add(path);
}

void PathTree::add(std::string_view path) {
  auto* node = this;
  for (;;) {
    auto dot = path.find('.');
    node = &node->children_[std::string(path.substr(0, dot))];
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  node->whole_ = true;
}

const PathTree* PathTree::find(std::string_view name) const {
  auto found = children_.find(name);
  return found == children_.end() ? nullptr : &found->second;
}

}  // namespace ff
