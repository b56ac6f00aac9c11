#include "net/mqtt/topic_trie.hpp"

#include <functional>

#include "protocol/base/assert.hpp"

namespace ff::mqtt {

TopicTrie::TopicTrie() : nodes_(1) {
  nodes_[root].held = true;
}

std::size_t TopicTrie::EdgeHash::operator()(const EdgeView& edge) const noexcept {
  return std::hash<std::string_view>{}(edge.level) ^
         (edge.parent * std::size_t{0x9E3779B97F4A7C15});
}

TopicTrie::Node TopicTrie::child(Node parent, std::string_view level) const {
  // Wildcards are never looked up by a topic's level: a topic has none.
  auto edge = edges_.find(EdgeView{parent, level});
  return edge == edges_.end() ? none : edge->second;
}

TopicTrie::Node TopicTrie::make_child(Node parent, std::string_view level) {
  Node node = none;
  if (free_.empty()) {
    node = static_cast<Node>(nodes_.size());
    nodes_.emplace_back();
  } else {
    node = free_.back();
    free_.pop_back();
  }
  nodes_[node] = Place{.parent = parent, .level = std::string(level)};
  edges_.emplace(Edge{parent, std::string(level)}, node);
  auto& above = nodes_[parent];
  ++above.children;
  if (level == "+") above.plus = node;
  if (level == "#") above.hash = node;
  return node;
}

TopicTrie::Node TopicTrie::add(std::string_view filter) {
  auto node = root;
  TopicLevels levels(filter);
  while (auto level = levels.next()) {
    auto next = child(node, *level);
    node = next == none ? make_child(node, *level) : next;
  }
  nodes_[node].held = true;
  return node;
}

TopicTrie::Node TopicTrie::find(std::string_view filter) const {
  auto node = root;
  TopicLevels levels(filter);
  for (auto level = levels.next(); level && node != none; level = levels.next())
    node = child(node, *level);
  return node;
}

void TopicTrie::remove(Node node) {
  FF_ASSERT(node != root && node < nodes_.size());
  nodes_[node].held = false;
  while (!nodes_[node].held && nodes_[node].children == 0) {
    auto parent = nodes_[node].parent;
    free_node(node);
    node = parent;
  }
}

void TopicTrie::free_node(Node node) {
  auto& place = nodes_[node];
  auto& above = nodes_[place.parent];
  auto edge = edges_.find(EdgeView{place.parent, place.level});
  FF_ASSERT(edge != edges_.end());
  edges_.erase(edge);
  --above.children;
  if (above.plus == node) above.plus = none;
  if (above.hash == node) above.hash = none;
  place = Place{};
  free_.push_back(node);
}

}  // namespace ff::mqtt
