using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Tessrax.Docs.Library;

/// <summary>The packages' public types, from their assemblies and their comments: a page for each, one for each namespace, and one for all.</summary>
internal sealed class LibraryPages
{
    /// <summary>The page of all namespaces.</summary>
    public const string Index = "library/index.html";

    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private readonly XmlComments comments;
    private readonly CommentHtml html;
    private readonly Type[] types;
    private readonly Dictionary<string, string> addresses = new(StringComparer.Ordinal);

    /// <param name="assemblies">The packages.</param>
    public LibraryPages(IReadOnlyList<Assembly> assemblies)
    {
        comments = new XmlComments(assemblies);
        types =
        [
            .. assemblies
                .SelectMany(each => each.GetExportedTypes())
                .OrderBy(each => each.FullName, StringComparer.Ordinal),
        ];
        foreach (Type type in types)
        {
            addresses[CommentIds.Of(type)] = AddressOf(type);
            foreach ((MemberInfo member, string id) in Named(type))
                addresses[CommentIds.Of(member)] = $"{AddressOf(type)}#{id}";
        }
        html = new CommentHtml(addresses);
        Described = comments.Ids.Count(addresses.ContainsKey);
        Members = types.Sum(type => MembersOf(type).Count());
    }

    /// <summary>How many types there are.</summary>
    public int Types => types.Length;

    /// <summary>How many members.</summary>
    public int Members { get; }

    /// <summary>How many of the comments stand on a page: all that are about something public.</summary>
    public int Described { get; }

    /// <summary>The pages.</summary>
    public IEnumerable<Page> Pages()
    {
        IGrouping<string, Type>[] spaces = [.. types.GroupBy(type => type.Namespace!)];
        yield return IndexPage(spaces);
        foreach (IGrouping<string, Type> space in spaces)
            yield return SpacePage(space);
        foreach (Type type in types)
            yield return TypePage(type);
    }

    private static string AddressOf(Type type) => $"library/{type.FullName!.Replace('+', '.').Replace('`', '-')}.html";

    private static string AddressOf(string space) => $"library/{space}.html";

    private static Page IndexPage(IGrouping<string, Type>[] spaces)
    {
        IEnumerable<string[]> rows = spaces.Select(space =>
            (string[])
                [
                    Html.Link(Html.Relative(Index, AddressOf(space.Key)), Html.Code(space.Key)),
                    Html.Text(space.First().Assembly.GetName().Name!),
                    Html.Text(space.Count().ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ]
        );
        return new Page(
            Index,
            "Library",
            "<h1>Library</h1>\n<p>Every public type of the packages, made from the comments in the code. "
                + "A floor of the house uses those below it only: Canonical and Hashing; Merkle and Keys; Ledger; Governance and Contradictions; Verification; Node.</p>\n"
                + Html.Table(["namespace", "package", "types"], rows)
        )
        {
            Lead = "Every public type of the packages.",
            Passages = [new Passage("", "Library", string.Join(' ', spaces.Select(space => space.Key)))],
        };
    }

    private Page SpacePage(IGrouping<string, Type> space)
    {
        string address = AddressOf(space.Key);
        IEnumerable<string[]> rows = space.Select(type =>
            (string[])
                [
                    Html.Link(Html.Relative(address, AddressOf(type)), Html.Code(Declarations.NameOf(type))),
                    Html.Text(Declarations.KindOf(type)),
                    html.Of(comments.Find(CommentIds.Of(type))?.Element("summary"), address),
                ]
        );
        return new Page(
            address,
            space.Key,
            $"<p class=\"crumbs\">{Html.Link(Html.Relative(address, Index), "Library")}</p>\n<h1>{Html.Text(space.Key)}</h1>\n"
                + $"<p>Package {Html.Code(space.First().Assembly.GetName().Name!)}.</p>\n"
                + Html.Table(["type", "", "what it is"], rows)
        )
        {
            Lead = $"The types of {space.Key}.",
            Under = Index,
            Passages = [new Passage("", space.Key, string.Join(' ', space.Select(Declarations.NameOf)))],
        };
    }

    private Page TypePage(Type type)
    {
        string address = AddressOf(type);
        XElement? comment = comments.Find(CommentIds.Of(type));
        string name = Declarations.NameOf(type);
        var page = new StringBuilder();
        page.Append(
            $"<p class=\"crumbs\">{Html.Link(Html.Relative(address, Index), "Library")} / {Html.Link(Html.Relative(address, AddressOf(type.Namespace!)), Html.Text(type.Namespace!))}</p>\n"
        );
        page.Append($"<h1>{Html.Text(name)}</h1>\n").Append(Html.Block(Declarations.Of(type)));
        AppendComment(page, comment, address, isType: true);
        (MemberInfo Member, string Id)[] members = [.. Named(type)];
        var headings = new List<Heading>();
        foreach ((string title, Func<MemberInfo, bool> isKind) in Kinds(type))
        {
            (MemberInfo Member, string Id)[] some = [.. members.Where(each => isKind(each.Member))];
            if (some.Length == 0)
                continue;
            headings.Add(new Heading(2, title.ToLowerInvariant(), title));
            page.Append(Html.Heading(2, title.ToLowerInvariant(), Html.Text(title)));
            foreach ((MemberInfo member, string id) in some)
            {
                page.Append(Html.Heading(3, id, Html.Code(Declarations.Short(member))))
                    .Append(Html.Block(Declarations.Of(member)));
                AppendComment(page, CommentOf(member), address, isType: false);
                AppendFromType(page, comment, member, address);
            }
        }
        return new Page(address, name, page.ToString())
        {
            Lead = CommentHtml.TextOf(comment?.Element("summary")),
            Headings = [.. headings],
            Under = Index,
            Passages =
            [
                new Passage("", name, CommentHtml.TextOf(comment?.Element("summary"))),
                .. members
                    .Select(each =>
                        (
                            each.Id,
                            Declarations.Short(each.Member),
                            Text: CommentHtml.TextOf(CommentOf(each.Member)?.Element("summary"))
                        )
                    )
                    .Where(each => each.Text.Length > 0)
                    .Select(each => new Passage(each.Id, each.Item2, each.Text)),
            ],
        };
    }

    private static IEnumerable<(string Title, Func<MemberInfo, bool> IsKind)> Kinds(Type type) =>
        type.IsEnum
            ? [("Values", _ => true)]
            :
            [
                ("Constructors", member => member is ConstructorInfo),
                ("Fields", member => member is FieldInfo),
                ("Properties", member => member is PropertyInfo),
                ("Methods", member => member is MethodInfo { IsSpecialName: false }),
                ("Operators", member => member is MethodInfo { IsSpecialName: true }),
                ("Events", member => member is EventInfo),
            ];

    private XElement? CommentOf(MemberInfo member)
    {
        if (comments.Find(CommentIds.Of(member)) is { } own)
            return own;
        // Whoever does what a base or an interface asks for says it there.
        if (member is not MethodInfo { IsVirtual: true } and not PropertyInfo { GetMethod.IsVirtual: true })
            return null;
        IEnumerable<Type> above = member.DeclaringType!.GetInterfaces();
        if (member.DeclaringType.BaseType is { } type)
            above = above.Prepend(type);
        return above
            .SelectMany(each => (each.IsGenericType ? each.GetGenericTypeDefinition() : each).GetMember(member.Name))
            .Where(each => each.MemberType == member.MemberType)
            .Select(each => comments.Find(CommentIds.Of(each)))
            .FirstOrDefault(found => found is not null);
    }

    private void AppendComment(StringBuilder page, XElement? comment, string address, bool isType)
    {
        if (comment is null)
            return;
        if (html.Of(comment.Element("summary"), address) is { Length: > 0 } summary)
            page.Append($"<p{(isType ? " class=\"lead\"" : "")}>{summary}</p>\n");
        if (html.Of(comment.Element("remarks"), address) is { Length: > 0 } remarks)
            page.Append($"<p>{remarks}</p>\n");
        string[][] rows =
        [
            .. comment
                .Elements("typeparam")
                .Select(each => (string[])[Html.Code(each.Attribute("name")!.Value), html.Of(each, address)]),
            .. comment
                .Elements("param")
                .Select(each => (string[])[Html.Code(each.Attribute("name")!.Value), html.Of(each, address)]),
            .. comment.Elements("returns").Select(each => (string[])["returns", html.Of(each, address)]),
            .. comment.Elements("value").Select(each => (string[])["value", html.Of(each, address)]),
            .. comment
                .Elements("exception")
                .Select(each =>
                    (string[])
                        [
                            $"throws {html.Of(new XElement("x", new XElement("see", each.Attribute("cref"))), address)}",
                            html.Of(each, address),
                        ]
                ),
        ];
        if (rows.Length == 0)
            return;
        page.Append("<dl class=\"facts\">\n");
        foreach (string[] row in rows)
            page.Append($"<div><dt>{row[0]}</dt><dd>{row[1]}</dd></div>\n");
        page.Append("</dl>\n");
    }

    // What a record's parameter is said to be, its property is.
    private void AppendFromType(StringBuilder page, XElement? type, MemberInfo member, string address)
    {
        if (member is not PropertyInfo || CommentOf(member) is not null)
            return;
        XElement? said = type?.Elements("param").FirstOrDefault(each => each.Attribute("name")?.Value == member.Name);
        if (said is not null)
            page.Append($"<p>{html.Of(said, address)}</p>\n");
    }

    private static IEnumerable<(MemberInfo Member, string Id)> Named(Type type)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            "values",
            "constructors",
            "fields",
            "properties",
            "methods",
            "operators",
            "events",
            "main",
            "q",
            "found",
        };
        foreach (MemberInfo member in MembersOf(type))
        {
            string name = member is ConstructorInfo ? "ctor" : member.Name;
            string id = name;
            for (int n = 2; !taken.Add(id); n++)
                id = $"{name}-{n}";
            yield return (member, id);
        }
    }

    private static IEnumerable<MemberInfo> MembersOf(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
            return [];
        IEnumerable<MemberInfo> members = type.GetMembers(Declared).Where(IsPublic).Where(member => member is not Type);
        return type.IsEnum
            ? members.OfType<FieldInfo>().Where(field => field.IsLiteral)
            : members
                .OrderBy(member => member.Name, StringComparer.Ordinal)
                .ThenBy(CommentIds.Of, StringComparer.Ordinal);
    }

    private static bool IsPublic(MemberInfo member)
    {
        static bool Open(MethodBase? method) =>
            method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);
        return !member.Name.Contains('<', StringComparison.Ordinal)
            && !member.IsDefined(typeof(CompilerGeneratedAttribute), false)
            && member switch
            {
                MethodInfo { IsSpecialName: true } method => method.Name.StartsWith("op_", StringComparison.Ordinal)
                    && Open(method),
                // Explicit implementations are asked for by their interface.
                MethodInfo method => Open(method) && !(method.Name is "EqualityContract" or "PrintMembers"),
                ConstructorInfo constructor => Open(constructor),
                PropertyInfo property => property.Name != "EqualityContract"
                    && (Open(property.GetMethod) || Open(property.SetMethod)),
                FieldInfo field => field.IsPublic && !field.IsSpecialName,
                EventInfo happening => Open(happening.AddMethod),
                _ => false,
            };
    }
}
