// The levels of many topic filters as a trie of numbered nodes.
// Not for values; TopicTree keeps them by node number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/mqtt/topic.hpp"

namespace ff::mqtt {

/// A node is a filter's prefix; `+` and `#` are levels like others. All edges are in one hash table
/// keyed by parent and level, so that a level costs one look-up however many siblings it has. A
/// topic visits each node at most once.
class TopicTrie {
 public:
  using Node = std::uint32_t;
  static constexpr Node none = std::numeric_limits<Node>::max();

  TopicTrie();

  /// The node of `filter`, made if need be. Filters have at most `topic_levels_max` levels.
  Node add(std::string_view filter);
  /// `none` if it was never added.
  Node find(std::string_view filter) const;
  /// Takes back `add(filter)`: frees the node, and the parents that are then neither filters nor
  /// prefixes of one.
  void remove(Node node);
  std::size_t node_count() const noexcept { return nodes_.size() - free_.size() - 1; }

  /// Calls `visit(Node)` for every node whose filter would match `topic`, also for prefixes nobody
  /// subscribed to.
  template <class Visit>
  void match(std::string_view topic, Visit&& visit) const {
    descend(root, topic, topic.starts_with('$'), visit);
  }

 private:
  static constexpr Node root = 0;

  struct Edge {
    Node parent;
    std::string level;
  };
  struct EdgeView {
    Node parent;
    std::string_view level;
  };
  struct EdgeHash {
    using is_transparent = void;
    std::size_t operator()(const EdgeView& edge) const noexcept;
    std::size_t operator()(const Edge& edge) const noexcept {
      return (*this)(EdgeView{edge.parent, edge.level});
    }
  };
  struct EdgeEqual {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const noexcept {
      return a.parent == b.parent && std::string_view(a.level) == std::string_view(b.level);
    }
  };
  struct Place {
    Node parent = none;
    /// The children `+` and `#`, which every match looks for.
    Node plus = none;
    Node hash = none;
    std::uint32_t children = 0;
    /// Added as a filter, not only as a prefix.
    bool held = false;
    std::string level;
  };

  Node child(Node parent, std::string_view level) const;
  Node make_child(Node parent, std::string_view level);
  void free_node(Node node);

  /// Depth is bounded by the depth of the filters.
  template <class Visit>
  void descend(Node node, std::string_view rest, bool reserved, Visit&& visit) const {
    const auto& place = nodes_[node];
    bool wildcards = !(reserved && node == root);
    if (wildcards && place.hash != none) visit(place.hash);
    auto slash = rest.find('/');
    auto level = rest.substr(0, slash);
    bool last = slash == std::string_view::npos;
    auto literals =
        place.children - (place.plus != none ? 1U : 0U) - (place.hash != none ? 1U : 0U);
    if (literals > 0) enter(child(node, level), rest, last, level.size(), visit);
    if (wildcards) enter(place.plus, rest, last, level.size(), visit);
  }
  template <class Visit>
  void enter(Node node, std::string_view rest, bool last, std::size_t level_size,
             Visit&& visit) const {
    if (node == none) return;
    if (!last) return descend(node, rest.substr(level_size + 1), false, visit);
    visit(node);
    // `a/#` matches `a`.
    if (nodes_[node].hash != none) visit(nodes_[node].hash);
  }

  std::vector<Place> nodes_;
  std::vector<Node> free_;
  std::unordered_map<Edge, Node, EdgeHash, EdgeEqual> edges_;
};

}  // namespace ff::mqtt
