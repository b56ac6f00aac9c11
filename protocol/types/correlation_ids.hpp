// Correlation ids: what ties the frames, messages and events of one cause together.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ff {

/// Ids in order. Every event of a frame carries them, so copies share one list; changing a copy
/// leaves the others as they are.
class CorrelationIds {
 public:
  using value_type = std::string;
  using const_iterator = std::vector<std::string>::const_iterator;

  CorrelationIds() = default;
  CorrelationIds(std::vector<std::string> ids)  // implicit: a list of ids is one
      : ids_(ids.empty() ? nullptr : std::make_shared<std::vector<std::string>>(std::move(ids))) {}
  CorrelationIds(std::initializer_list<std::string> ids)
      : CorrelationIds(std::vector<std::string>(ids)) {}

  const std::vector<std::string>& list() const noexcept { return ids_ ? *ids_ : none(); }
  const_iterator begin() const noexcept { return list().begin(); }
  const_iterator end() const noexcept { return list().end(); }
  std::size_t size() const noexcept { return list().size(); }
  bool empty() const noexcept { return !ids_ || ids_->empty(); }
  /// The newest; there is one.
  const std::string& back() const noexcept { return list().back(); }

  void push_back(std::string id) { own().push_back(std::move(id)); }
  void append(const CorrelationIds& others) {
    if (!others.empty()) own().insert(own().end(), others.begin(), others.end());
  }
  template <class Predicate>
  void remove_if(const Predicate& unwanted) {
    if (std::any_of(begin(), end(), unwanted)) std::erase_if(own(), unwanted);
  }
  void clear() noexcept { ids_.reset(); }

  friend bool operator==(const CorrelationIds& a, const CorrelationIds& b) {
    return a.ids_ == b.ids_ || a.list() == b.list();
  }

 private:
  static const std::vector<std::string>& none() noexcept {
    static const std::vector<std::string> empty;
    return empty;
  }
  /// The list, held by nobody else.
  std::vector<std::string>& own() {
    if (!ids_) {
      ids_ = std::make_shared<std::vector<std::string>>();
    } else if (ids_.use_count() > 1) {
      ids_ = std::make_shared<std::vector<std::string>>(*ids_);
    }
    return *ids_;
  }

  std::shared_ptr<std::vector<std::string>> ids_;  // null: none
};

}  // namespace ff
