"""A browser without scripts: cookies by http.cookiejar, forms by html.parser, redirects one at a time."""
import html.parser
import http.cookiejar
import ssl
import urllib.error
import urllib.parse
import urllib.request


class Form:
    def __init__(self, action, method):
        self.action, self.method, self.fields, self.buttons = action, method.upper(), {}, {}


class _Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms, self.links, self.texts, self.labels, self.ids, self.open = [], [], [], set(), set(), []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids.add(values.get('id'))
        if tag not in ('input', 'meta', 'link', 'br'):
            self.open.append(tag)
        if tag == 'form':
            self.forms.append(Form(values.get('action', ''), values.get('method', 'get')))
        elif tag == 'input' and self.forms:
            if values.get('type') != 'checkbox':
                self.forms[-1].fields[values.get('name')] = values.get('value', '')
            if values.get('type') in ('text', 'email', 'password', 'checkbox'):
                assert values.get('id') in self.labels or values.get('type') == 'checkbox', f'{values} has no label'
        elif tag == 'button' and self.forms and 'name' in values:
            self.forms[-1].buttons[values['value']] = values['name']
        elif tag == 'label':
            self.labels.add(values.get('for'))
        elif tag == 'a':
            self.links.append(values.get('href'))

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f'</{tag}> where it does not belong'

    def handle_data(self, data):
        if data.strip():
            self.texts.append(data.strip())


class Page:
    """An answer. HTML is taken apart; every tag has to be closed where it belongs."""

    def __init__(self, status, url, headers, body):
        self.status, self.url, self.headers, self.body = status, url, headers, body
        self.forms, self.links, self.text = [], [], body
        if headers.get('Content-Type', '').startswith('text/html'):
            reader = _Reader()
            reader.feed(body)
            reader.close()
            assert not reader.open, reader.open
            self.forms, self.links, self.text = reader.forms, reader.links, ' '.join(reader.texts)

    @property
    def path(self):
        parts = urllib.parse.urlsplit(self.url)
        return parts.path + ('?' + parts.query if parts.query else '')

    @property
    def location(self):
        return self.headers.get('Location')

    def cookies(self):
        return self.headers.get_all('Set-Cookie') or []

    def form(self, action):
        """The form whose action is this path."""
        return next(form for form in self.forms if urllib.parse.urlsplit(form.action).path == action)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    def __init__(self, base, ca=None):
        """`base`: `https://localhost:8885`; `ca`: file of the certificate to trust."""
        self.base = base
        self.jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(
            strict_ns_domain=http.cookiejar.DefaultCookiePolicy.DomainLiberal))
        handlers = [_NoRedirect(), urllib.request.HTTPCookieProcessor(self.jar)]
        if ca:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=str(ca))))
        self.opener = urllib.request.build_opener(*handlers)

    def cookie(self, name):
        return next((cookie for cookie in self.jar if cookie.name == name), None)

    def request(self, method, path, fields=None, headers=None, body=None):
        """One answer; redirects are not followed."""
        url = urllib.parse.urljoin(self.base, path)
        data = urllib.parse.urlencode(fields).encode() if fields is not None else body
        request = urllib.request.Request(url, data, {'Accept': 'text/html', **(headers or {})}, method=method)
        try:
            answer = self.opener.open(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Page(answer.status, url, answer.headers, answer.read().decode())

    def follow(self, page):
        """Goes where a page leads, as long as it is here."""
        for _ in range(10):
            if page.status not in (301, 302, 303) or not urllib.parse.urljoin(self.base, page.location).startswith(self.base):
                return page
            page = self.request('GET', page.location)
        raise AssertionError(f'redirects without end: {page.url}')

    def get(self, path):
        return self.follow(self.request('GET', path))

    def submit(self, form, button=None, follow=True, **fields):
        values = {**form.fields, **fields}
        if button is not None:
            values[form.buttons[button]] = button
        page = self.request(form.method, form.action, values)
        return self.follow(page) if follow else page
