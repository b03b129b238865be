using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tessrax.Api.Tests;

/// <summary>Which exceptions the packages document, from the files that come with them.</summary>
/// <remarks>Overloads are not told apart: what one of them documents, all of them may throw. What an interface documents, those that
/// implement it may throw.</remarks>
internal static partial class ApiDocs
{
    private static readonly Dictionary<string, string[]> Documented = Read();

    /// <summary>Whether a member's documentation names an exception, or one that it derives from.</summary>
    public static bool Allows(ApiMember member, Exception thrown)
    {
        Type type = member.Method.DeclaringType!;
        IEnumerable<string> documented = type.GetInterfaces()
            .Append(type)
            .SelectMany(one => OfName(one, member).Concat(OfAll(one)))
            // What an argument throws when it is asked.
            .Concat(member.Parameters.SelectMany(parameter => OfAll(parameter.ParameterType)));
        return Names(documented, thrown);
    }

    /// <summary>The same of a property.</summary>
    public static bool Allows(System.Reflection.PropertyInfo property, Exception thrown) =>
        Names(Documented.GetValueOrDefault($"{NameOf(property.DeclaringType!)}.{property.Name}") ?? [], thrown);

    private static bool Names(IEnumerable<string> documented, Exception thrown)
    {
        for (Type? kind = thrown.GetType(); kind is not null && kind != typeof(Exception); kind = kind.BaseType)
            if (documented.Contains(kind.FullName))
                return true;
        return false;
    }

    private static string[] OfName(Type type, ApiMember member) =>
        Documented.GetValueOrDefault($"{NameOf(type)}.{(member.Method.IsConstructor ? "#ctor" : member.Method.Name)}")
        ?? [];

    // What a type says of every method.
    private static string[] OfAll(Type type) =>
        type.IsByRef || type.IsGenericParameter ? [] : Documented.GetValueOrDefault(NameOf(type)) ?? [];

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static Dictionary<string, string[]> Read()
    {
        var all = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (System.Reflection.Assembly package in ApiSurface.Packages)
        {
            string file = Path.Combine(AppContext.BaseDirectory, package.GetName().Name + ".xml");
            foreach (XElement member in XDocument.Load(file).Descendants("member"))
            {
                string name = Bare().Match((string)member.Attribute("name")!).Groups[1].Value;
                IEnumerable<XElement> of = member
                    .Elements("remarks")
                    .Where(remarks => remarks.Value.Contains("very method throws ", StringComparison.Ordinal))
                    .Elements("see")
                    .Concat(member.Elements("exception"));
                string[] thrown = [.. of.Select(one => ((string)one.Attribute("cref")!)[2..])];
                all[name] = [.. all.GetValueOrDefault(name) ?? [], .. thrown];
            }
        }
        return all;
    }

    // M:Namespace.Type.Method``1(parameters)
    [GeneratedRegex("^.:([^(`]*(?:`[0-9]+[^(`]*)?)")]
    private static partial Regex Bare();
}
