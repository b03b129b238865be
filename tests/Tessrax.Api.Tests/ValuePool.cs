using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Tessrax.Keys;

namespace Tessrax.Api.Tests;

/// <summary>Values that calls gave back, and what their properties hold: what further calls are made with.</summary>
/// <remarks>Every getter of every value that is kept is called; one that throws is a fault.</remarks>
internal sealed class ValuePool(Random random)
{
    private const int MostOfType = 40;
    private const int MostElements = 12;
    private const int MostBytes = 128 * 1024;

    private readonly Dictionary<Type, List<object>> values = [];
    private readonly Dictionary<Type, List<List<object>>> fitting = [];
    private readonly Dictionary<string, List<object>> named = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Type, (PropertyInfo Property, ApiCall Call)[]> getters = [];

    /// <summary>Getters that threw, and what.</summary>
    public SortedDictionary<string, Exception> Faults { get; } = new(StringComparer.Ordinal);

    /// <summary>Bytes that mean something to somebody.</summary>
    public List<byte[]> Blobs { get; } = [];

    /// <summary>How many getters were called.</summary>
    public HashSet<string> Getters { get; } = new(StringComparer.Ordinal);

    /// <summary>Keeps a value with what it holds.</summary>
    public void Add(object? value, string name = "", int depth = 4)
    {
        switch (value)
        {
            case null or bool or Delegate or Task or Enum or PrivateKey:
                return;
            case byte[] bytes:
                AddBytes(bytes);
                return;
            case ReadOnlyMemory<byte> memory:
                AddBytes(memory.ToArray());
                return;
            case string or long or int:
                Keep(named, name, value);
                return;
            case ITuple tuple and not IComparable:
                for (int i = 0; i < tuple.Length; i++)
                    Add(tuple[i], name, depth - 1);
                return;
        }
        Type type = value.GetType();
        if (value is IEnumerable many && !ApiSurface.IsOurs(type))
            AddElements(many, type, depth);
        else if (ApiSurface.IsOurs(type) && Keep(type, value) && depth > 0)
            Harvest(type, value, depth);
    }

    /// <summary>A value of a type, or null if there is none yet.</summary>
    public object? Pick(Type wanted)
    {
        if (!fitting.TryGetValue(wanted, out List<List<object>>? lists))
        {
            lists = [.. values.Where(pair => pair.Key.IsAssignableTo(wanted)).Select(pair => pair.Value)];
            fitting[wanted] = lists;
        }
        List<object>[] filled = [.. lists.Where(list => list.Count > 0)];
        if (filled.Length == 0)
            return null;
        List<object> list = filled[random.Next(filled.Length)];
        return list[random.Next(list.Count)];
    }

    /// <summary>A text or number that some property of that name holds; or, without one, of any name.</summary>
    public T? Scalar<T>(string name)
    {
        T[] of = [.. (named.GetValueOrDefault(name) ?? []).OfType<T>()];
        if (of.Length > 0)
            return of[random.Next(of.Length)];
        List<object>[] all = [.. named.Values];
        for (int i = 0; i < 8 && all.Length > 0; i++)
        {
            List<object> list = all[random.Next(all.Length)];
            if (list[random.Next(list.Count)] is T found)
                return found;
        }
        return default;
    }

    /// <summary>Forgets a value that can no longer be used.</summary>
    public void Drop(object value)
    {
        if (values.TryGetValue(value.GetType(), out List<object>? list))
            list.RemoveAll(one => ReferenceEquals(one, value));
    }

    private void AddBytes(byte[] bytes)
    {
        if (bytes.Length > MostBytes)
            return;
        if (Blobs.Count < 300)
            Blobs.Add(bytes);
        else
            Blobs[random.Next(Blobs.Count)] = bytes;
    }

    private void AddElements(IEnumerable many, Type type, int depth)
    {
        if (many is not ICollection and not Array && !type.IsGenericType)
            return;
        bool isOurs = (type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments()).Any(ApiSurface.IsOurs);
        if (isOurs && many is ICollection)
            Keep(type, many);
        foreach (object? one in many.Cast<object?>().Take(MostElements))
            Add(one, "", depth - 1);
    }

    private bool Keep(Type type, object value)
    {
        if (!values.TryGetValue(type, out List<object>? list))
        {
            values[type] = list = [];
            fitting.Clear();
        }
        return Keep(list, value, MostOfType);
    }

    private void Keep(Dictionary<string, List<object>> of, string name, object value)
    {
        if (value is string { Length: > 4096 })
            return;
        if (!of.TryGetValue(name, out List<object>? list))
            of[name] = list = [];
        Keep(list, value, MostOfType);
    }

    // What comes later takes the place of another one now and then.
    private bool Keep(List<object> list, object value, int most)
    {
        if (list.Count < most)
            list.Add(value);
        else if (random.Next(8) == 0)
            list[random.Next(list.Count)] = value;
        else
            return false;
        return true;
    }

    private void Harvest(Type type, object value, int depth)
    {
        if (!getters.TryGetValue(type, out (PropertyInfo Property, ApiCall Call)[]? all))
            getters[type] = all = [
                .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Where(one => one.GetMethod is { IsPublic: true } get && get.GetParameters().Length == 0)
                    .Where(one => ApiSurface.IsOurs(one.DeclaringType!) && !IsOutOfReach(one.PropertyType))
                    .Select(one => (one, ApiCalls.Of(one.GetMethod!))),
            ];
        foreach ((PropertyInfo property, ApiCall call) in all)
        {
            string name = $"{ApiMember.NameOf(type)}.{property.Name}";
            Getters.Add(name);
            try
            {
                Add(call(value, []), property.Name, depth - 1);
            }
            catch (Exception e) when (IsSaid(property, e))
            {
                // It says why there is no answer: as of a value that no enumeration has, or of numbers whose sum is none.
            }
            catch (Exception e)
            {
                Faults.TryAdd(name, e);
            }
        }
    }

    private static bool IsSaid(PropertyInfo property, Exception e) =>
        e is TessraxException or ArgumentException or OverflowException || ApiDocs.Allows(property, e);

    private static bool IsOutOfReach(Type type) => type.IsByRefLike && ApiCalls.SpanOf(type) is null;
}
