-- For pandoc: links between pages lead to .html; the first heading is the title; and each section becomes a line of the search index, appended to
-- the file that the variable `index` names: [url, title, text],
local stringify = pandoc.utils.stringify

local function quoted(text)
  text = text:gsub('%s+', ' '):gsub('[\\"]', '\\%0'):gsub('<', '\\u003c')
  return '"' .. text .. '"'
end

local function to_html(link)
  if not link.target:match('^%a+:') then link.target = link.target:gsub('%.md$', '.html'):gsub('%.md#', '.html#') end
  return link
end

function Pandoc(doc)
  local url, out = os.getenv('PAGE_URL'), io.open(os.getenv('PAGE_INDEX'), 'a')
  local page, heading, id, words = nil, nil, '', {}
  local function close()
    if heading then
      local title = heading == page and page or page .. ': ' .. heading
      out:write('[', quoted(url .. (id ~= '' and '#' .. id or '')), ',', quoted(title), ',', quoted(table.concat(words, ' '):sub(1, 1500)), '],\n')
    end
    words = {}
  end
  for _, block in ipairs(doc.blocks) do
    if block.t == 'Header' then
      close()
      heading, id = stringify(block), page and block.identifier or ''
      page = page or heading
    elseif block.t ~= 'CodeBlock' then
      words[#words + 1] = stringify(block)
    end
  end
  close()
  out:close()
  doc.meta.pagetitle = page == 'Simulacra' and page or page .. ' - Simulacra'
  return doc:walk({Link = to_html})
end
