// TopicTree<Value>: thousands of topic filters, asked which of them match a topic.
// Not for deciding who may subscribe; the owner rewrites and refuses filters before they get here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "net/mqtt/topic.hpp"
#include "net/mqtt/topic_trie.hpp"

namespace ff::mqtt {

/// `Value` has operator==; equal values at one filter are one subscription. Not thread safe.
template <class Value>
class TopicTree {
 public:
  /// Adds `value` at `filter`, or replaces the equal one there. False, and no change, for an
  /// invalid, shared or too deep filter.
  bool insert(std::string_view filter, Value value) {
    if (!is_valid_topic_filter(filter) || is_shared_filter(filter)) return false;
    if (level_count(filter) > topic_levels_max) return false;
    auto node = trie_.add(filter);
    if (node >= values_.size()) values_.resize(node + 1);
    auto& list = values_[node];
    if (auto same = std::ranges::find(list, value); same != list.end()) {
      *same = std::move(value);
      return true;
    }
    list.push_back(std::move(value));
    ++size_;
    return true;
  }

  /// False if there was no such subscription.
  bool erase(std::string_view filter, const Value& value) {
    auto node = trie_.find(filter);
    if (node == TopicTrie::none || node >= values_.size()) return false;
    auto& list = values_[node];
    auto same = std::ranges::find(list, value);
    if (same == list.end()) return false;
    list.erase(same);
    --size_;
    if (list.empty()) {
      std::vector<Value>().swap(list);
      trie_.remove(node);
    }
    return true;
  }

  /// Calls `visit(const Value&)` for every subscription whose filter matches the valid name
  /// `topic`, in no particular order; a value that several filters hold comes once for each.
  /// Allocates nothing. `visit` must not change the tree.
  template <class Visit>
  void match(std::string_view topic, Visit&& visit) const {
    trie_.match(topic, [&](TopicTrie::Node node) {
      if (node >= values_.size()) return;
      for (const auto& value : values_[node]) visit(value);
    });
  }

  /// Number of subscriptions.
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  /// Nodes in use, for inspection and for tests that nothing is left behind.
  std::size_t node_count() const noexcept { return trie_.node_count(); }

 private:
  TopicTrie trie_;
  /// By node.
  std::vector<std::vector<Value>> values_;
  std::size_t size_ = 0;
};

}  // namespace ff::mqtt
