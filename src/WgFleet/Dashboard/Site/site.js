// Keeps pages up to date and makes searching quick. Every page works without it. What clients send is inserted as text, never as markup.
(() => {
  'use strict';

  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const byId = id => document.getElementById(id);
  const say = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };

  // ---- times, which the server sends in UTC, in the zone of who reads them, with an age that is kept up to date

  let ahead = 0; // how far the server's clock is ahead of this one, in ms

  const age = ms => {
    const s = Math.floor(ms / 1000), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
    return s < 0 ? 'in the future' : d ? `${d}d ${h % 24}h ago` : h ? `${h}h ${m % 60}m ago` : m ? `${m}m ${s % 60}s ago` : `${s}s ago`;
  };
  const parse = text => Date.parse(text.replace(' ', 'T') + 'Z');
  const two = number => String(number).padStart(2, '0');
  const local = at => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const clock = (element, text) => {
    if (element.dataset.utc === text) return;
    const at = new Date(parse(text)), isTime = !Number.isNaN(at.getTime());
    element.dataset.utc = text;
    element.title = isTime ? `${text} UTC` : '';
    say(element, isTime ? local(at).slice(0, text.length) : text);
  };
  const grow = () => {
    const now = Date.now() + ahead;
    for (const time of document.querySelectorAll('time:not([data-utc])')) clock(time, time.textContent);
    for (const small of document.querySelectorAll('.ages time + small')) {
      const at = parse(small.previousElementSibling.dataset.utc);
      say(small, Number.isNaN(at) ? '' : small.closest('.clients') ? age(now - at) : `(${age(now - at)})`);
      small.title = small.previousElementSibling.title;
    }
  };
  if (new Date().getTimezoneOffset()) {
    say(byId('zone'), `Times are in ${Intl.DateTimeFormat().resolvedOptions().timeZone}; point at one to see it in UTC. Charts are in UTC.`);
  }

  // ---- live: the server sends what has changed, and only that is replaced

  const STALE = 5000; // The server sends something every two seconds.
  const AGAIN = 10000; // A stream that is silent for so long is asked for anew: its connection may be dead without an end.
  // Of a page without a stream of its own only the bar is live.
  const own = () => document.querySelector('[data-stream]')?.dataset.stream;
  const streamOf = () => own() ?? byId('state')?.dataset.bar;
  let stream, source = streamOf(), wasHeard = false;
  let heard = performance.now(); // when the server last sent something, or this page began to listen
  let tried = heard; // when the stream was last asked for

  const pulse = () => {
    const mark = byId('pulse'), now = performance.now(), isStale = !!source && !document.hidden && now - heard > STALE;
    if (isStale && now - tried > AGAIN) connect();
    if (!isStale && !wasHeard) return;
    mark.hidden = !isStale && !own();
    mark.dataset.state = isStale ? 'away' : 'live';
    say(mark, isStale ? `Not live since ${byId('as-of').textContent.slice(11)}` : 'Live');
    document.body.classList.toggle('stale', isStale);
  };

  const listen = () => {
    heard = performance.now();
    connect();
  };

  const connect = () => {
    stream?.close();
    tried = performance.now();
    if (!source || document.hidden) return; // A browser opens few connections to one server: hidden tabs must not hold them.
    const list = byId('list'); // Clients that registered after the list was made count as new.
    stream = new EventSource(source.includes('?') ? source : `${source}${location.search || '?'}${list ? `&newest=${list.dataset.newest}` : ''}`);
    stream.onmessage = message => {
      const isBack = performance.now() - heard > STALE;
      heard = performance.now();
      hear(JSON.parse(message.data));
      wasHeard = true;
      pulse();
      if (lost && (isBack || !asked)) show(lost, 'replaceState');
    };
    stream.onerror = refused;
  };

  // The browser connects again by itself, unless the server refused. Then the session may have ended, and the login page helps.
  const refused = async () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    const answer = await fetch(location.href).catch(() => null);
    if (answer?.redirected) location.reload();
  };

  const hear = ({ at, order, rows, fresh, gone, newest, troubles, ...texts }) => {
    if (gone) return location.reload();
    if (newest > 0) return show(location.href);
    ahead = parse(at) - Date.now();
    clock(byId('as-of'), at);
    for (const [place, text] of Object.entries(texts)) {
      for (const element of document.querySelectorAll(`[data-live="${CSS.escape(place)}"]`)) {
        if (element.dataset.liveAs) element.setAttribute(element.dataset.liveAs, text);
        else if (element.matches('time')) clock(element, text);
        else say(element, text);
      }
    }
    if (troubles) list(troubles);
    if (order || rows) table(order, rows ?? []);
    if (fresh !== undefined) {
      const link = byId('fresh').firstElementChild;
      link.hidden = !fresh;
      say(link, fresh ? `${fresh} new ${fresh === 1 ? 'machine' : 'machines'}, show` : '');
    }
    grow();
  };

  // The list of what is wrong has changed: the server makes it.
  const list = async version => {
    const box = byId('troubles');
    if (!box || box.dataset.version === version) return;
    const answer = await fetch('/').catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const other = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('troubles');
    if (!other) return;
    byId('troubles').replaceWith(document.adoptNode(other));
    grow();
    offer();
  };

  const table = (order, rows) => {
    const body = document.querySelector('.clients tbody');
    // The first client came, or the last one went: the page has another shape.
    if (order && !body === order.length > 0) return byId('list') ? show(location.href) : location.reload();
    if (!body) return;
    const shown = new Map([...body.rows].filter(row => !row.classList.contains('gone')).map(row => [+row.dataset.id, row]));
    const model = body.rows[0];
    for (const cells of rows) {
      let row = shown.get(cells[0]);
      if (!row) {
        if (!order?.includes(cells[0])) continue;
        row = model.cloneNode(true);
        row.dataset.id = cells[0];
        row.classList.add('new');
        shown.set(cells[0], row);
      }
      fill(row, cells);
    }
    if (order) arrange(body, order, shown);
  };

  const fill = (row, [, online, name, address, key, from, registered, seen, handshake, received, sent, pinned, fleet]) => {
    row.classList.toggle('on', online);
    row.classList.toggle('off', !online);
    row.classList.remove('gone');
    const [naming, addressing, keying, coming, ...rest] = row.cells;
    const link = naming.querySelector('a');
    naming.classList.toggle('none', name === null);
    link.href = `/fleet/${fleet}/clients/${encodeURIComponent(address).replaceAll('%3A', ':')}`;
    say(naming.querySelector('.of'), fleet);
    say(link, name ?? '(none)');
    if (pinned !== !!naming.querySelector('.pin')) {
      if (!pinned) naming.querySelector('.pin').remove();
      else naming.appendChild(Object.assign(document.createElement('small'), { className: 'pin', textContent: 'pinned', title: 'Never pruned: an operator pinned it' }));
    }
    say(addressing, address);
    keying.title = key;
    say(keying, key.slice(0, 16) + '...');
    say(coming, from);
    for (const [i, time] of [registered, seen, handshake].entries()) date(rest[i], time);
    const [down, up] = rest[3].children;
    for (const [cell, text] of [[down, received], [up, sent]]) if (cell.firstChild.data !== text) cell.firstChild.data = text;
  };

  const date = (cell, time) => {
    cell.classList.toggle('none', !time);
    if (!time) return say(cell, 'N/A');
    if (!cell.querySelector('time')) cell.replaceChildren(document.createElement('time'), ' ', document.createElement('small'));
    clock(cell.firstElementChild, time);
  };

  const arrange = (body, order, shown) => {
    const stays = new Set(order);
    for (const [id, row] of shown) if (!stays.has(id)) leave(row);
    const behind = row => { do row = row ? row.nextElementSibling : body.firstElementChild; while (row?.classList.contains('gone')); return row; };
    let before = null;
    for (const row of order.map(id => shown.get(id)).filter(Boolean)) {
      const next = behind(before);
      if (next !== row) body.insertBefore(row, next);
      before = row;
    }
  };

  const leave = row => {
    if (row.contains(document.activeElement)) byId('list').focus({ preventScroll: true });
    row.classList.add('gone');
    setTimeout(() => row.remove(), still.matches ? 0 : 500);
  };

  // ---- search, sort and pages: load the same page, and take only the list from it

  let typing, asked;
  let lost; // the address of a list that could not be loaded, until the server is back

  const failed = url => {
    lost = url;
    const box = byId('failed');
    if (!box) return;
    say(box, url ? 'The list could not be loaded: the server does not answer. It shows what was loaded before, and is loaded as soon as the server is back.' : '');
    box.hidden = !url;
  };

  const show = async (url, keep) => {
    asked?.abort();
    lost = undefined;
    const mine = asked = new AbortController();
    const late = setTimeout(() => { if (!mine.signal.aborted) failed(url); }, STALE);
    let page;
    try {
      const answer = await fetch(url, { signal: mine.signal });
      if (answer.status < 500 && (!answer.ok || answer.redirected)) return location.assign(url);
      if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    } catch { /* It says so below. */ } finally {
      clearTimeout(late);
    }
    if (mine.signal.aborted) return;
    asked = undefined;
    if (!page) return failed(url);
    failed();
    const focus = document.activeElement?.id;
    for (const part of document.querySelectorAll('[data-part]')) {
      const other = page.getElementById(part.id);
      if (!other) return location.assign(url);
      part.replaceWith(document.adoptNode(other));
    }
    say(byId('found'), page.getElementById('found')?.textContent ?? '');
    clock(byId('as-of'), page.getElementById('as-of').textContent);
    grow();
    byId('fresh')?.replaceChildren(...page.getElementById('fresh').childNodes);
    source = streamOf();
    if (keep) history[keep](null, '', url);
    if (focus && document.activeElement?.id !== focus) (byId(focus) ?? byId('list'))?.focus();
    listen();
  };

  const search = () => {
    const fields = new URLSearchParams(new FormData(byId('q').form));
    if (!fields.get('q').trim()) fields.delete('q');
    return `${location.pathname}${fields.size ? '?' : ''}${fields}`;
  };

  document.addEventListener('input', e => {
    if (e.target.id !== 'q') return;
    clearTimeout(typing);
    typing = setTimeout(() => show(search(), 'replaceState'), 200);
  });
  document.addEventListener('submit', e => {
    if (e.target !== byId('q')?.form) return;
    e.preventDefault();
    clearTimeout(typing);
    show(search(), 'pushState');
  });
  document.addEventListener('click', e => {
    const link = e.target.closest?.('.clients thead a, .pager a, .clear, .fresh a, .chips a');
    if (!link || !byId('q') || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    if (link.matches('.clear')) byId('q').value = '';
    show(link.href, 'pushState');
  });
  // A click anywhere in a row leads to its client, but for who selects a text in it.
  document.addEventListener('click', e => {
    if (e.target.closest?.('a, button, input, label, summary') || String(getSelection())) return;
    e.target.closest?.('.clients tbody tr')?.querySelector('a').click();
  });
  document.addEventListener('keydown', e => {
    if (e.key !== '/' || e.ctrlKey || e.metaKey || e.altKey || e.target.closest?.('input, textarea, select')) return;
    const box = byId('q');
    if (!box) return;
    e.preventDefault();
    box.focus();
    box.select();
  });
  addEventListener('popstate', () => {
    const box = byId('q');
    if (!box) return;
    box.value = new URLSearchParams(location.search).get('q') ?? '';
    show(location.href);
  });

  // ---- copying: what is marked gets a button for it

  const copy = async element => {
    const text = element.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch { // Not without TLS: as people do it.
      getSelection().selectAllChildren(element);
      document.execCommand('copy');
    }
  };
  const offer = () => {
    for (const element of document.querySelectorAll('[data-copy]:not([data-copy="ready"])')) {
      element.dataset.copy = 'ready';
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'copy', textContent: 'Copy' });
      button.ariaLabel = `Copy ${element.textContent}`;
      button.onclick = async () => {
        await copy(element);
        button.textContent = 'Copied';
        setTimeout(() => { button.textContent = 'Copy'; }, 2000);
      };
      element.after(button);
    }
  };

  // ---- charts: the server draws them, and they are loaded again every five minutes

  const redraw = async () => {
    if (document.hidden || !document.querySelector('.chart')) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const chart of document.querySelectorAll('.chart')) {
      const other = page.getElementById(chart.id);
      if (!other || chart.contains(document.activeElement)) continue;
      if (chart.querySelector('details')?.open) other.querySelector('details')?.setAttribute('open', '');
      chart.replaceWith(document.adoptNode(other));
    }
  };
  setInterval(redraw, 300000);

  document.addEventListener('visibilitychange', listen);
  setInterval(() => { if (!document.hidden) grow(); }, 5000);
  setInterval(pulse, 1000);
  grow();
  offer();
  listen();
})();
