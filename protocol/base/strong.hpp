// Strong<Tag, T>: a number that does not mix with other numbers. Explicit in, explicit out.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace ff {

template <class Tag, class T>
class Strong {
 public:
  using Value = T;

  constexpr Strong() noexcept = default;
  constexpr explicit Strong(T value) noexcept : value_(value) {}
  /// The bare number, for arithmetic and wire formats.
  constexpr T value() const noexcept { return value_; }
  constexpr auto operator<=>(const Strong&) const noexcept = default;

 private:
  T value_{};
};

}  // namespace ff

template <class Tag, class T>
struct std::hash<ff::Strong<Tag, T>> {
  std::size_t operator()(const ff::Strong<Tag, T>& strong) const noexcept {
    return std::hash<T>{}(strong.value());
  }
};
